/** Becoming another program of the host: execve(2). */
import { bindSyscall } from './bind.ts'

const rawExecve = bindSyscall<
  [path: string, argv: readonly (string | null)[], env: readonly (string | null)[]]
>('execve', ['const char *', 'const char **', 'const char **'])

/** Returns only by throwing. */
export const execve = (path: string, argv: readonly string[], env: readonly string[]): never => {
  rawExecve(path, [...argv, null], [...env, null])
  throw new Error('unreachable: execve returned')
}
