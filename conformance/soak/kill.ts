/**
 * `npx tsx conformance/soak/kill.ts [--runtime PATH] [--rounds N]`: the runtime is killed at a random moment of
 * any command; `delete --force` must then succeed and leave nothing.
 */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { runtime: { type: 'string' }, rounds: { type: 'string', default: '200' } },
})
if (values.runtime !== undefined) process.env['RUNTIME'] = values.runtime
const { Box } = await import('../harness/box.ts')
const { leftovers, sweep } = await import('../harness/leftovers.ts')

const commands = [
  'create',
  'run',
  'start',
  'delete',
  'exec',
  'kill',
  'pause',
  'resume',
  'update',
  'events',
] as const
/** These need a container that is created and no more. */
const early = ['create', 'run', 'start', 'delete']
const box = new Box()
let bad = 0

/** In milliseconds, to be killed within. */
const span = 40

for (let round = 0; round < Number(values.rounds); round++) {
  const command = commands[round % commands.length]!
  const id = `${box.id}-${round}`
  box.config.process.args = ['sleep', '100']
  box.config.linux.cgroupsPath = `/${id}`
  box.save()
  const created = ['create', '--bundle', box.bundle, id]
  if (command !== 'create' && command !== 'run') box.call(created)
  if (!early.includes(command)) box.call(['start', id])
  if (command === 'resume') box.call(['pause', id])
  const args = {
    create: created,
    run: ['run', '--bundle', box.bundle, id],
    start: ['start', id],
    delete: ['delete', '--force', id],
    exec: ['exec', id, 'sleep', '100'],
    kill: ['kill', id, 'KILL'],
    pause: ['pause', id],
    resume: ['resume', id],
    update: ['update', '--pids-limit', '20', '--memory', '64M', id],
    events: ['events', '--interval', '10ms', id],
  }
  const child = box.launch(args[command])
  const ended = new Promise((done) => child.on('exit', done))
  const after = Math.random() * span
  await new Promise((done) => setTimeout(done, after))
  child.kill('SIGKILL')
  await ended
  const { status, stderr } = box.call(['delete', '--force', id])
  const left = leftovers(id, box.state)
  if (status !== 0 || left.length > 0) {
    bad++
    console.log(
      `${command} killed after ${after.toFixed(1)} ms: delete --force: ${status} ${stderr.trim()}`,
    )
    for (const line of left) console.log(`  ${line}`)
    sweep(id)
  }
}
console.log(`${values.rounds} rounds, ${bad} bad`)
const left = box.end()
if (left.length > 0) console.log(left.join('\n'))
process.exitCode = bad === 0 ? 0 : 1
