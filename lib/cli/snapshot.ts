/**
 * The program as `npm run build` runs it to make a snapshot of it: some commands, several times over, so that what
 * they need is in memory as they leave it. Then it stops; whoever starts the program goes on from there.
 */
import { step } from '../sync/stage.ts'
import { endWithParent } from '../sys/process.ts'
import { stopForSnapshot } from '../sys/snapshot/stop.ts'
import { main } from './main.ts'
import { print } from './output.ts'

/** No command of a user's begins so. */
const MAKE = '@snapshot'

/** After ten the time that a run takes does not change any more. */
const ROUNDS = 10

/** In turn, by directories that the build has prepared: `once` ends by itself, `stays` waits. */
const commands = (directory: string): readonly (readonly string[])[] => {
  const root = ['--root', `${directory}/state`]
  const log = ['--log', `${directory}/log.json`, '--log-format', 'json']
  const create = ['create', '--bundle', `${directory}/stays`, '--pid-file', `${directory}/pid`, 'c']
  const isolated = ['--env', 'A=B', '--cwd', '/', 'c', '/bin/true']
  return [
    ['--version'],
    [...root, 'run', '--bundle', `${directory}/once`, 'r'],
    [...root, ...log, ...create],
    [...root, 'state', 'c'],
    [...root, ...log, 'start', 'c'],
    [...root, 'exec', ...isolated],
    [...root, ...log, 'exec', '--process', `${directory}/process.json`, 'c'],
    [...root, 'ps', '--format', 'json', 'c'],
    [...root, 'events', '--stats', 'c'],
    [...root, 'update', '--memory', '67108864', 'c'],
    [...root, 'pause', 'c'],
    [...root, 'resume', 'c'],
    [...root, 'list'],
    [...root, ...log, 'kill', 'c', 'KILL'],
    [...root, ...log, 'delete', '--force', 'c'],
  ]
}

/** `Bun.gc` would throw away the code that was made, too. Under Node there is no snapshot, and nothing to do. */
const collectGarbage = (): void => {
  const engine = process.getBuiltinModule('bun:jsc') as { gcAndSweep: () => void } | undefined
  engine?.gcAndSweep()
}

const becomeSnapshot = (directory: string): readonly string[] => {
  // Stopped, it would stay for ever where the build was killed.
  endWithParent()
  const round = (): void => commands(directory).forEach((argv) => void main(argv))
  for (let i = 0; i < ROUNDS; i++) round()
  collectGarbage()
  // So that the allocators have room in hand, and need not look for it: 70 page faults of a run's 1380.
  round()
  // What was done last is not the context of the next one's errors.
  step('start')
  return stopForSnapshot((stopped) => print(`\n${JSON.stringify(stopped)}\n`))
}

/** The arguments to go by: those of this process, or of the one that goes on from its snapshot. */
export const commandLine = (argv: readonly string[]): readonly string[] =>
  argv[0] === MAKE && argv[1] !== undefined ? becomeSnapshot(argv[1]) : argv
