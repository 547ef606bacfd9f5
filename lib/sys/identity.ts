/**
 * User and group ids of this process, setresuid(2).
 *
 * By system call: libc's wrappers bring all threads of the process in step, and in a forked child they
 * would wait for threads that the parent had.
 */
import { bindSyscall } from './bind.ts'

type Ids = [real: number, effective: number, saved: number]

export const setresuid = bindSyscall<Ids>('setresuid', ['uint', 'uint', 'uint'])
export const setresgid = bindSyscall<Ids>('setresgid', ['uint', 'uint', 'uint'])
