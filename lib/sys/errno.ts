/** errno(3): the numbers and their names, as this kernel counts them. */
import { constants } from 'node:os'

export const errno: Readonly<typeof constants.errno> = constants.errno

/** `2` → `'ENOENT'`; a number without a name prints as `E<number>`. */
export const errnoName = (number: number): string => {
  for (const [name, value] of Object.entries(errno)) {
    if (value === number) return name
  }
  return `E${number}`
}
