/** Memory that was given back is empty, also where it is a file's. madvise(2) */
import t from 'tap'
import { bind } from '../bind.ts'
import { close, memfdCreate, write } from '../file.ts'
import { ffi } from '../koffi.ts'
import { makeForget } from './forget.ts'
import { viewOf } from './beginning.ts'

const PAGE = 4096
const READ_WRITE = 3
const MAP_PRIVATE = 2
const [MADV_DONTNEED, MADV_FREE, MADV_POPULATE_WRITE] = [4, 8, 23]

const mmap = bind<
  [address: null, length: number, protection: number, flags: number, fd: number, offset: number]
>('int64_t mmap(void *, size_t, int, int, int, long)')

type Advise = (address: bigint, length: number, advice: number) => number
const TYPES = ['uint64_t', 'size_t', 'int']

/** Three pages of a file, each byte of which is 1. */
const mapFile = (): bigint => {
  const file = memfdCreate('tsrun-test', 0)
  write(file, Buffer.alloc(3 * PAGE, 1), 3 * PAGE)
  const address = mmap(null, 3 * PAGE, READ_WRITE, MAP_PRIVATE, file, 0)
  close(file)
  return BigInt(address)
}

t.test('x86-64', { skip: process.arch !== 'x64' && 'there is no snapshot' }, async (t) => {
  const forget = ffi.decode(BigInt(makeForget()), ffi.proto('int', TYPES)) as Advise

  for (const advice of [MADV_DONTNEED, MADV_FREE]) {
    const address = mapFile()
    const memory = viewOf(address, 3 * PAGE)
    memory.fill(2)
    t.equal(forget(address + BigInt(PAGE), PAGE, advice), 0)
    t.same([...new Set(memory.subarray(PAGE, 2 * PAGE))], [0], 'empty')
    t.same([memory[PAGE - 1], memory[2 * PAGE]], [2, 2], 'but not what is around it')
    memory[PAGE] = 3
    t.equal(memory[PAGE], 3, 'and can be written to')
  }

  const address = mapFile()
  t.equal(forget(address, PAGE, MADV_POPULATE_WRITE), 0, 'another advice goes to the kernel')
  t.equal(viewOf(address, 1)[0], 1)
  t.equal(forget(address + 1n, PAGE, MADV_POPULATE_WRITE), -1, 'as do its refusals')
})
