/** What a filter answers: the kernel's part, for tests. seccomp(2) */
import { libseccomp } from '../../sys/libseccomp.ts'

const isMissing = (): boolean => {
  try {
    libseccomp()
    return false
  } catch {
    return true
  }
}

/** Why a test that compiles one cannot run. */
export const noLibseccomp = isMissing() && 'needs libseccomp'

/** struct seccomp_data, in words of 32 bits. */
export interface Data {
  readonly number: number
  readonly arch: number
  readonly pointer: readonly number[]
  readonly words: readonly number[]
}

export const answer = (filter: Buffer, { number, arch, pointer, words }: Data): number => {
  const data = [number, arch, ...pointer, ...words]
  let accumulator = 0
  for (let at = 0; ;) {
    const code = filter.readUInt16LE(at)
    const value = filter.readUInt32LE(at + 4)
    const target = (holds: boolean): number => at + 8 + 8 * filter.readUInt8(at + (holds ? 2 : 3))
    if (code === 0x06) return value
    else if (code === 0x15) at = target(accumulator === value)
    else if (code === 0x25) at = target(accumulator > value)
    else if (code === 0x35) at = target(accumulator >= value)
    else if (code === 0x05) at += 8 + 8 * value
    else {
      if (code === 0x20) accumulator = data[value / 4] ?? 0
      else if (code === 0x54) accumulator = (accumulator & value) >>> 0
      else throw new Error(`instruction 0x${code.toString(16)}`)
      at += 8
    }
  }
}
