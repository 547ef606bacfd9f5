/** User and group ids of this process, setresuid(2). */
import { bind } from './bind.ts'

export const setresuid = bind<[real: number, effective: number, saved: number]>(
  'int setresuid(uint, uint, uint)',
)
export const setresgid = bind<[real: number, effective: number, saved: number]>(
  'int setresgid(uint, uint, uint)',
)
