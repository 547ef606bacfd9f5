/** Instructions of the stop: x86-64. */
import { mapCode } from '../code.ts'
import { ffi } from '../koffi.ts'
import { bytesOf } from '../listing.ts'

/** `save(state)`: registers and the thread pointer to memory, then stop. Returns 0; from the snapshot on, 1. */
const saving = [
  '48 89 1f', //       mov [rdi], rbx
  '48 89 6f 08', //    mov [rdi+8], rbp
  '4c 89 67 10', //    mov [rdi+16], r12
  '4c 89 6f 18', //    mov [rdi+24], r13
  '4c 89 77 20', //    mov [rdi+32], r14
  '4c 89 7f 28', //    mov [rdi+40], r15
  '48 89 67 30', //    mov [rdi+48], rsp
  '57', //             push rdi
  '48 8d 77 38', //    lea rsi, [rdi+56]
  'bf 03 10 00 00', // mov edi, ARCH_GET_FS
  'b8 9e 00 00 00', // mov eax, arch_prctl
  '0f 05', //          syscall
  'b8 27 00 00 00', // mov eax, getpid
  '0f 05', //          syscall
  '89 c7', //          mov edi, eax
  'be 13 00 00 00', // mov esi, SIGSTOP
  'b8 3e 00 00 00', // mov eax, kill
  '0f 05', //          syscall
  '5f', //             pop rdi
  '31 c0', //          xor eax, eax
  'c3', //             ret
]

/** `identify(entry)`: what cpuid answers to the leaf and the subleaf that an entry begins with. */
const identifying = [
  '53', //          push rbx
  '8b 07', //       mov eax, [rdi]
  '8b 4f 04', //    mov ecx, [rdi+4]
  '0f a2', //       cpuid
  '89 47 18', //    mov [rdi+24], eax
  '89 5f 1c', //    mov [rdi+28], ebx
  '89 4f 20', //    mov [rdi+32], ecx
  '89 57 24', //    mov [rdi+36], edx
  '5b', //          pop rbx
  '31 c0', //       xor eax, eax
  'c3', //          ret
]

type Routine = (memory: Uint8Array) => number

const routine = (code: readonly string[]): Routine =>
  ffi.decode(BigInt(mapCode(bytesOf(code))), ffi.proto('long', ['void *'])) as Routine

const ALL = 0xffff_ffff
/** What the C library and the engine have chosen their ways by: leaf, subleaf, which bits of eax to edx. */
const leaves = [
  [1, 0, 0, 0, ALL, ALL],
  [7, 0, 0, ALL, ALL, ALL],
  [0xd, 0, ALL, ALL, 0, 0],
  [0xd, 1, ALL, 0, 0, 0],
  [0x8000_0001, 0, 0, 0, ALL, ALL],
]

/** Entries of the loader's table of processors. */
export const describeProcessor = (): readonly string[] => {
  const ask = routine(identifying)
  return leaves.map((words) => {
    const entry = new Uint32Array(10)
    entry.set(words)
    ask(new Uint8Array(entry.buffer))
    for (let i = 0; i < 4; i++) entry[6 + i]! &= entry[2 + i]!
    return Buffer.from(entry.buffer).toString('hex')
  })
}

/** @param state 80 bytes; @returns what `save` does */
export const makeSave = (): Routine => routine(saving)
