/** The program's arguments and environment, and the execve(2) calls that try to start it. Pure. */
import type { StubCall } from '../../stub/table.ts'
import { EACCES, ENOENT, ENOTDIR } from '../../sys/errno.ts'

/** As the C library's execvp(3) where PATH is not set. */
const DEFAULT_PATH = '/bin:/usr/bin'

const nameOf = (entry: string): string => entry.slice(0, entry.indexOf('='))

/** Each name once: the last value counts and stands where the first stood, as with runc. */
export const planEnvironment = (env: readonly string[] = []): readonly string[] => {
  const byName = new Map<string, string>()
  for (const entry of env) byName.set(nameOf(entry), entry)
  return [...byName.values()]
}

/** An empty one is none, as with runc and crun. */
export const hasHome = (env: readonly string[]): boolean =>
  env.some((entry) => entry.startsWith('HOME=') && entry !== 'HOME=')

const pathOf = (env: readonly string[]): string =>
  env.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH

/** The files that execvp(3) tries for `program`. An empty element of PATH is the working directory. */
const candidates = (program: string, env: readonly string[]): readonly string[] =>
  program.includes('/')
    ? [program]
    : pathOf(env)
        .split(':')
        .map((directory) => (directory === '' ? `./${program}` : `${directory}/${program}`))

/** The search goes on after these, execvp(3). */
const KEEP_SEARCHING = [ENOENT, ENOTDIR, EACCES]

/** @param env what {@link planEnvironment} made, with HOME */
export const execCalls = (args: readonly string[], env: readonly string[]): readonly StubCall[] => {
  const program = args[0] ?? ''
  const exit: StubCall = { call: 'exit_group', args: [127], doing: 'exit' }
  const calls = candidates(program, env).map((path): StubCall => ({
    call: 'execve',
    args: [{ text: path }, { texts: args }, { texts: env }],
    doing: `exec ${JSON.stringify(path)}`,
    pointer: '/process/args/0',
    tolerate: KEEP_SEARCHING,
  }))
  return [...calls, exit]
}
