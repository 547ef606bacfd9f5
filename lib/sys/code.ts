/** Instructions of our own in this process: where no JavaScript can run. mmap(2) */
import { bind } from './bind.ts'
import { close, memfdCreate, write } from './file.ts'
import { MFD_CLOEXEC } from './flags/open.ts'

const mmap = bind<
  [address: null, length: number, protection: number, flags: number, fd: number, offset: number]
>('int64_t mmap(void *, size_t, int, int, int, long)')
const PROT_READ_EXEC = 5
const MAP_PRIVATE = 2

/** Maps `code` from a memory file, and never to be written to. @returns its address */
export const mapCode = (code: Buffer): number => {
  const file = memfdCreate('tsrun-code', MFD_CLOEXEC)
  write(file, code, code.length)
  const address = mmap(null, code.length, PROT_READ_EXEC, MAP_PRIVATE, file, 0)
  close(file)
  return address
}
