/** pipe(2), close-on-exec. */
import { bind } from './bind.ts'
import { O_CLOEXEC } from './flags/open.ts'

const rawPipe = bind<[ends: Int32Array, flags: number]>('int pipe2(void *, int)')

/** @returns the end to read from, the end to write to */
export const pipe = (): readonly [number, number] => {
  const ends = new Int32Array(2)
  rawPipe(ends, O_CLOEXEC)
  return [ends[0]!, ends[1]!]
}
