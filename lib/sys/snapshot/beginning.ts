/** What the kernel leaves on the stack of a new process, execve(2): its arguments and its environment. */
import { decodeName } from '../file-name.ts'
import { ffi } from '../koffi.ts'

export const viewOf = (address: bigint, size: number): Buffer =>
  Buffer.from(ffi.view(address, size))

/** getauxval(3): the name of the program, which lies behind all other strings. */
const AT_EXECFN = 31n
const AT_NULL = 0n

/** What lies at the beginning of a process's stack: the number of arguments, and three arrays that end with 0. */
const wordsAt = (stack: bigint): BigUint64Array => {
  for (let size = 16_384; ; size *= 2) {
    const words = new BigUint64Array(ffi.view(stack, size))
    const variables = Number(words[0]) + 2
    const pairs = words.indexOf(0n, variables) + 1
    if (pairs === 0) continue
    for (let i = pairs; i + 1 < words.length; i += 2) {
      if (words[i] === AT_NULL) return words.subarray(0, i)
    }
  }
}

/** Of pairs, for a value may be what another key is: a user's id, say. */
const auxiliary = (pairs: BigUint64Array, key: bigint): bigint =>
  pairs[pairs.findIndex((word, i) => i % 2 === 0 && word === key) + 1]!

export interface Beginning {
  readonly argv: readonly string[]
  readonly env: readonly string[]
  /** Where the array of the environment is. */
  readonly environ: bigint
}

/** The x86-64 ABI: the initial process stack. */
export const readBeginning = (stack: bigint): Beginning => {
  const words = wordsAt(stack)
  const count = Number(words[0])
  const end = words.indexOf(0n, count + 2)
  const name = auxiliary(words.subarray(end + 1), AT_EXECFN)
  const begin = words[1] || words[count + 2] || name
  const strings = viewOf(begin, Number(name - begin))
  const textAt = (pointer: bigint): string => {
    const at = Number(pointer - begin)
    return decodeName(strings.subarray(at, strings.indexOf(0, at)))
  }
  return {
    argv: Array.from(words.subarray(1, count + 1), textAt),
    env: Array.from(words.subarray(count + 2, end), textAt),
    environ: stack + BigInt(8 * (count + 2)),
  }
}
