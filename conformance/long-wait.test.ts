/** What takes long is told after five seconds, and a signal ends it: nobody's spec, our promise. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Box } from './harness/box.ts'
import { conform } from './harness/conform.ts'
import { textOf, until } from './harness/wait.ts'

const silent = { differs: { runc: 'waits and says nothing', crun: 'waits and says nothing' } }

/** Waits until a call says that it waits. @returns what reads what it says */
const told = (t: Test, box: Box): (() => string) => {
  const output = readdirSync(box.directory).find((name) => name.startsWith('launch-'))
  const said = (): string => textOf(join(box.directory, output ?? ''))
  until(() => false) // Nothing is said of the first five seconds.
  t.ok(
    until(() => said().includes('still waiting for ')),
    said(),
  )
  return said
}

/** Calls the runtime and sends it `signal` once it says that it waits. @returns what it said, and how it ended */
const interrupted = async (
  t: Test,
  box: Box,
  args: readonly string[],
  signal: NodeJS.Signals,
): Promise<readonly [said: string, status: number | null]> => {
  const child = box.launch(args)
  const said = told(t, box)
  const exit = once(child, 'exit')
  child.kill(signal)
  const [status] = (await exit) as [number | null]
  return [said(), status]
}

const hook = (script: string) => [{ path: '/bin/sh', args: ['sh', '-c', script] }]

/** A process that is being set up, and somebody stops it: as much as a file server that is gone holds it. */
const stopInit = hook('kill -STOP "$(sed -n "s/.*\\"pid\\": *\\([0-9]*\\).*/\\1/p")"')

for (const [name, command, createRuntime, signal, waits, status] of [
  [
    'create: the process being set up does not go on',
    'create',
    stopInit,
    'SIGTERM',
    /still waiting for the process that is being set up to .*was stopped; `kill -CONT/,
    143,
  ],
  [
    'run: a hook that takes its time',
    'run',
    hook('exec sleep 60'),
    'SIGINT',
    /still waiting for .*hook/,
    130,
  ],
] as const) {
  conform(
    name,
    async (t, box) => {
      box.config.hooks = { createRuntime }
      box.save()
      const args = [command, '--bundle', box.bundle, box.id]
      const [said, exit] = await interrupted(t, box, args, signal)
      t.match(said, waits)
      t.match(said, `interrupted by ${signal} while waiting for`)
      t.equal(exit, status)
    },
    silent,
  )
}

conform(
  'start: the program does not begin',
  async (t, box) => {
    t.equal(box.create().status, 0)
    process.kill(box.stateNow()!.pid, 'SIGSTOP')
    const [said, status] = await interrupted(t, box, ['start', box.id], 'SIGTERM')
    t.match(said, /still waiting for the program to start.*was stopped/)
    t.equal(status, 143)
  },
  silent,
)

conform(
  'nohup: a hangup that the caller ignores ends nothing',
  async (t, box) => {
    box.config.hooks = { createRuntime: hook('sleep 7') }
    box.save()
    const script = 'trap "" HUP; exec "$0" "$@"'
    const child = box.launch(['create', '--bundle', box.bundle, box.id], ['sh', '-c', script])
    told(t, box)
    child.kill('SIGHUP')
    t.strictSame(await once(child, 'exit'), [0, null])
  },
  silent,
)
