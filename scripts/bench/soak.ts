/**
 * `npm run bench -- --soak N`: N containers, four at a time; none may hang, crash or leave anything.
 *
 * tsrun forks a JavaScript engine; whether that is sound shows in numbers of this size only.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const AT_ONCE = 4
const DEADLINE = 30_000

interface Outcome {
  readonly id: string
  readonly problem?: string
}

const run = (program: string, root: string, bundle: string, id: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(program, ['--root', root, 'run', '--bundle', bundle, id], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    let hung = false
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const watch = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, DEADLINE)
    child.on('close', (status, signal) => {
      clearTimeout(watch)
      if (hung) return resolve({ id, problem: `hung for ${DEADLINE / 1000} s` })
      if (signal) return resolve({ id, problem: `died of ${signal}` })
      resolve(status === 0 ? { id } : { id, problem: `exit status ${status}: ${said.trim()}` })
    })
  })

/** What bears the name of one of our containers: processes, cgroups, mounts. */
const leftovers = (root: string, prefix: string): readonly string[] => {
  const found = readdirSync(root).map((name) => join(root, name))
  for (const directory of readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' })) {
    const name = directory.slice(directory.lastIndexOf('/') + 1)
    if (name.startsWith(prefix)) found.push(join('/sys/fs/cgroup', directory))
  }
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    if (line.includes(prefix)) found.push(`mount ${line}`)
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      if (command.includes(prefix)) found.push(`process ${pid} ${command}`)
    } catch {
      // It has ended since.
    }
  }
  return found
}

/** @returns what went wrong, one a line; empty when nothing did */
export const soak = async (
  program: string,
  root: string,
  bundle: string,
  count: number,
): Promise<readonly string[]> => {
  const prefix = `soak-${process.pid}-`
  const problems: string[] = []
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const { id, problem } = await run(program, root, bundle, `${prefix}${next++}`)
      done++
      if (problem) problems.push(`${id}: ${problem}`)
      if (done % 1000 === 0) console.error(`${done} of ${count}, ${problems.length} problems`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return [...problems, ...leftovers(root, prefix).map((what) => `left behind: ${what}`)]
}
