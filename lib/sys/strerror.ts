/** strerror(3), in the C library's own words. */
import { libc } from './koffi.ts'

let strerror: ((number: number) => string) | undefined

/** `2` → `'no such file or directory'`: lower case, because it stands in the middle of a message. */
export const errorText = (number: number): string => {
  strerror ??= libc.func('const char *strerror(int)') as unknown as (number: number) => string
  const text = strerror(number)
  return text.charAt(0).toLowerCase() + text.slice(1)
}
