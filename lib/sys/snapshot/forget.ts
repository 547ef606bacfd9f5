/**
 * What stands for madvise(2) in a process that goes on from the snapshot: x86-64.
 *
 * An allocator gives back memory by MADV_DONTNEED or MADV_FREE, and counts on finding it empty when it is next used. In
 * a process of its own that is so. But here its memory is a mapping of the executable, and what comes back is what the
 * snapshot has there: a hash table that was to be empty is full, and the garbage collector looks for a free place in
 * it for ever.
 */
import { mapCode } from '../code.ts'
import { libc } from '../koffi.ts'
import { bytesOf } from '../listing.ts'

const le64 = (value: bigint): string => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes.toString('hex')
}

/**
 * `madvise(address, length, advice)`: memory of nobody's in its place; where the kernel has no room for one more
 * mapping, zeros.
 */
const forgetting = (madvise: bigint): readonly string[] => [
  '83 fa 04', //                   cmp edx, MADV_DONTNEED
  '74 05', //                      je empty
  '83 fa 08', //                   cmp edx, MADV_FREE
  '75 2b', //                      jne other
  'ba 03 00 00 00', //      empty: mov edx, PROT_READ | PROT_WRITE
  '41 ba 32 40 00 00', //          mov r10d, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE
  '49 c7 c0 ff ff ff ff', //       mov r8, -1
  '45 31 c9', //                   xor r9d, r9d
  'b8 09 00 00 00', //             mov eax, mmap
  '0f 05', //                      syscall
  '48 39 f8', //                   cmp rax, rdi
  '74 07', //                      je done
  '48 89 f1', //                   mov rcx, rsi
  '31 c0', //                      xor eax, eax
  'f3 aa', //                      rep stosb
  '31 c0', //                done: xor eax, eax
  'c3', //                         ret
  `48 b8 ${le64(madvise)}`, // other: mov rax, madvise
  'ff e0', //                      jmp rax
]

/** @returns its address */
export const makeForget = (): number =>
  mapCode(bytesOf(forgetting(libc.symbol('madvise') as bigint)))
