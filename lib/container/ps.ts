/** PARENT. `ps`: the host's ps(1), without the lines of others. */
import { Failure } from '../failure.ts'
import { hasCgroup } from '../linux/cgroup/none.ts'
import { exists } from '../sys/host.ts'
import { close } from '../sys/file.ts'
import { wait } from '../sys/process.ts'
import { spawn } from '../sys/spawn.ts'
import { pipe } from '../sys/pipe.ts'
import { readAll } from '../sys/text-file.ts'
import type { ContainerRequest } from './request.ts'
import { processesOf } from './processes.ts'
import { directoryOf, readState, statusOf } from './state/state.ts'
import { variable, variables } from '../sys/caller.ts'

const DEFAULT = ['-ef']

const findProgram = (name: string): string => {
  const directories = (variable('PATH') ?? '/usr/bin:/bin').split(':')
  const found = directories.map((directory) => `${directory}/${name}`).find(exists)
  if (found !== undefined) return found
  throw new Failure(`exec: "${name}": executable file not found in $PATH`, {
    hint: 'install procps, or use --format json',
  })
}

const outputOf = (program: string, args: readonly string[]): string => {
  const [output, input] = pipe()
  const files = new Map([0, input, input].entries())
  const pid = spawn(program, ['ps', ...args], variables(), files)
  close(input)
  const text = readAll(output)
  close(output)
  const status = wait(pid)?.status ?? 0
  if (status === 0) return text
  throw new Failure(`ps ${args.join(' ')}: exit status ${status}: ${text.trim()}`)
}

/** The heading and the lines that have one of `pids` in the column PID. */
export const filterLines = (text: string, pids: readonly number[]): string => {
  const [heading = '', ...lines] = text.split('\n')
  const column = heading.split(/\s+/).filter(Boolean).indexOf('PID')
  if (column < 0) throw new Failure("ps shows no PID: couldn't find PID field in ps output")
  const own = new Set(pids.map(String))
  const kept = lines.filter((line) => own.has(line.split(/\s+/).filter(Boolean)[column] ?? ''))
  return [heading, ...kept].map((line) => `${line}\n`).join('')
}

/** Host pids, in ascending order. */
export const listProcesses = (request: ContainerRequest): readonly number[] => {
  const directory = directoryOf(request)
  const state = readState(request)
  // Without a cgroup a process is found by the first one, whose pid may be somebody else's by now.
  if (statusOf(directory, state) === 'stopped' && !(state.cgroup && hasCgroup(state.cgroup)))
    return []
  return processesOf(state).toSorted((a, b) => a - b)
}

export const processTable = (request: ContainerRequest, args: readonly string[]): string => {
  const pids = listProcesses(request)
  return filterLines(outputOf(findProgram('ps'), args.length > 0 ? args : DEFAULT), pids)
}
