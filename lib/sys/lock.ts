/** Advisory locks on open files, flock(2). */
import { bind, fd } from './bind.ts'

export const LOCK_EX = 2
export const LOCK_NB = 4
export const flock = bind<[fd: number, operation: number]>('int flock(int, int)', { print: [fd] })
