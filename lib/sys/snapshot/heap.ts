/** glibc's heap, malloc(3), in a process that goes on from the snapshot. */
import { bind } from '../bind.ts'

const sbrk = bind<[more: number]>('int64_t sbrk(long)')
const mmapAt = bind<
  [address: number, length: number, protection: number, flags: number, fd: number, offset: number]
>('int64_t mmap(uint64_t, size_t, int, int, int, long)')
const malloc = bind<[size: number]>('int64_t malloc(size_t)')
const brk = bind<[address: number]>('int brk(uint64_t)')
const PAGE = 4096
const MAP_PRIVATE_ANONYMOUS_FIXED_NOREPLACE = 0x10_0022

/**
 * glibc's heap grows where the kernel has put its end, which is elsewhere in each process: brk(2). Something in its
 * way teaches it that memory need not be contiguous, which it goes by from then on.
 */
export const leaveHeap = (): void => {
  const end = Math.ceil(sbrk(0) / PAGE) * PAGE
  mmapAt(end, PAGE, 0, MAP_PRIVATE_ANONYMOUS_FIXED_NOREPLACE, -1, 0)
  // Less than gets a mapping of its own, and together more than is left: 132 KiB at most.
  for (let i = 0; i < 2; i++) malloc(100_000)
}

/** Where the heap ends in this process: glibc asks the kernel, and remembers. */
export const findHeap = (): void => void brk(0)
