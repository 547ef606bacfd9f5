/** clone3(2), as another process makes it: the engine cannot be copied while its threads run. */
import type { Argument, CallKind } from './elsewhere.ts'
import { SyscallError } from './error.ts'
import { numbersOf } from './numbers.ts'
import { CLONE_CLEAR_SIGHAND, CLONE_INTO_CGROUP } from './flags/process.ts'

/** sizeof(struct clone_args) of Linux 5.7. */
const SIZE = 88

/**
 * @param flags `CLONE_*`; with CLONE_PARENT the exit signal is the caller's own
 * @param cgroup descriptor of the cgroup v2 directory to be born in, Linux 5.7
 */
export const cloneCall = (
  flags: number,
  cgroup?: number,
): { readonly kind: CallKind; readonly args: readonly Argument[] } => {
  const args = new BigUint64Array(SIZE / 8)
  args[0] = BigInt(flags) | CLONE_CLEAR_SIGHAND | (cgroup === undefined ? 0n : CLONE_INTO_CGROUP)
  args[10] = BigInt(cgroup ?? 0)
  const failed = (errno: number): Error =>
    new SyscallError('clone3', errno, `clone3({flags=0x${args[0]!.toString(16)}})`)
  const kind = {
    numbers: numbersOf('clone3'),
    outputs: [],
    expect: [],
    tolerated: undefined,
    failed,
  }
  return { kind, args: [args, SIZE] }
}
