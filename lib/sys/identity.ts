/**
 * User and group ids of this process, setresuid(2).
 */
import { bindSyscall } from './bind.ts'
import { EINVAL } from './errno.ts'

type Ids = [real: number, effective: number, saved: number]

export const setresuid = bindSyscall<Ids>('setresuid', ['uint', 'uint', 'uint'])
export const setresgid = bindSyscall<Ids>('setresgid', ['uint', 'uint', 'uint'])

const expect = [EINVAL]
const setresuidIfMapped = bindSyscall<Ids>('setresuid', ['uint', 'uint', 'uint'], { expect })
const setresgidIfMapped = bindSyscall<Ids>('setresgid', ['uint', 'uint', 'uint'], { expect })

/** Root of the user namespace, as far as it has one: else we stay nobody. */
export const becomeRoot = (): void => {
  setresgidIfMapped(0, 0, 0)
  setresuidIfMapped(0, 0, 0)
}
