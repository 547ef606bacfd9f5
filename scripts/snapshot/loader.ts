/**
 * The first instructions of the program: go on from the snapshot, or start as the kernel would have it.
 *
 *     if (there is a snapshot, no limit on memory, this processor can do what the one it was made on could, the
 *         libraries in it are still the files on disk) {
 *       map every piece of it; where something else lies already: unmap them and start cold
 *       ask for the pages that will be written to, as far as this kernel knows how (MADV_POPULATE_WRITE, 5.14):
 *         for others where an argument is `run` or begins with `crea`
 *       thread pointer, thread id, stack and registers as they were saved: the call of save() returns 1
 *     }
 *     cold: map the dynamic linker, tell it in the auxiliary vector what the kernel would have told, jump to it
 *
 * An engine that starts cold takes less where memory is limited (setrlimit(2): RLIMIT_AS, RLIMIT_DATA); what the
 * snapshot has of it was taken without a limit.
 *
 * The kernel would map the dynamic linker itself, and run it first, were it named in the headers: so the header
 * that names it is taken out, and who starts cold gets a copy of the headers that has it (ld.so(8),
 * getauxval(3)). The cold start hides the vDSO, which lies elsewhere in each process: what glibc knows of it
 * would be part of the snapshot.
 */

import { bytesOf } from '../../lib/sys/listing.ts'
import type { Tables } from './tables.ts'

const le32 = (value: number): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes.toString('hex')
}

/**
 * r12 the stack as the kernel made it, r13 a table or the linker's file, r14 the program's file or the linker's
 * headers, rbp the saved registers or where the linker is.
 */
const instructions = (at: Readonly<Record<keyof Tables, string>>): readonly string[] => [
  '49 89 e4', //                   start: mov r12, rsp
  '48 81 ec 00 04 00 00', //              sub rsp, 1024
  `bd ${at.state}`, //                    mov ebp, state
  '48 83 7d 00 00', //                    cmp qword [rbp], 0
  '0f 84 01 02 00 00', //                 je cold
  'bf 02 00 00 00', //                    mov edi, 2
  '48 89 e6', //                   limit: mov rsi, rsp
  'b8 61 00 00 00', //                    mov eax, 97
  '0f 05', //                             syscall
  '48 83 3c 24 ff', //                    cmp qword [rsp], -1
  '0f 85 e7 01 00 00', //                 jne cold
  '83 c7 07', //                          add edi, 7
  '83 ff 09', //                          cmp edi, 9
  '74 e3', //                             je limit
  `41 bd ${at.processors}`, //            mov r13d, processors
  '41 8b 45 00', //            processor: mov eax, [r13]
  '83 f8 ff', //                          cmp eax, -1
  '74 44', //                             je files
  '41 8b 4d 04', //                       mov ecx, [r13+4]
  '0f a2', //                             cpuid
  '41 23 45 08', //                       and eax, [r13+8]
  '41 23 5d 0c', //                       and ebx, [r13+12]
  '41 23 4d 10', //                       and ecx, [r13+16]
  '41 23 55 14', //                       and edx, [r13+20]
  '41 3b 45 18', //                       cmp eax, [r13+24]
  '0f 85 b0 01 00 00', //                 jne cold
  '41 3b 5d 1c', //                       cmp ebx, [r13+28]
  '0f 85 a6 01 00 00', //                 jne cold
  '41 3b 4d 20', //                       cmp ecx, [r13+32]
  '0f 85 9c 01 00 00', //                 jne cold
  '41 3b 55 24', //                       cmp edx, [r13+36]
  '0f 85 92 01 00 00', //                 jne cold
  '49 83 c5 28', //                       add r13, 40
  'eb b3', //                             jmp processor
  `41 bd ${at.files}`, //          files: mov r13d, files
  '49 8b 75 00', //                 file: mov rsi, [r13]
  '48 85 f6', //                          test rsi, rsi
  '74 54', //                             jz open
  'bf 9c ff ff ff', //                    mov edi, -100
  '48 89 e2', //                          mov rdx, rsp
  '45 31 d2', //                          xor r10d, r10d
  'b8 06 01 00 00', //                    mov eax, 262
  '0f 05', //                             syscall
  '85 c0', //                             test eax, eax
  '0f 85 63 01 00 00', //                 jnz cold
  '48 8b 44 24 30', //                    mov rax, [rsp+48]
  '49 3b 45 08', //                       cmp rax, [r13+8]
  '0f 85 54 01 00 00', //                 jne cold
  '49 83 7d 10 00', //                    cmp qword [r13+16], 0
  '74 1e', //                             je same
  '48 8b 44 24 58', //                    mov rax, [rsp+88]
  '49 3b 45 10', //                       cmp rax, [r13+16]
  '0f 85 3e 01 00 00', //                 jne cold
  '48 8b 44 24 60', //                    mov rax, [rsp+96]
  '49 3b 45 18', //                       cmp rax, [r13+24]
  '0f 85 2f 01 00 00', //                 jne cold
  '49 83 c5 20', //                 same: add r13, 32
  'eb a3', //                             jmp file
  `bf ${at.self}`, //               open: mov edi, self
  'be 00 00 08 00', //                    mov esi, 0x80000
  'b8 02 00 00 00', //                    mov eax, 2
  '0f 05', //                             syscall
  '85 c0', //                             test eax, eax
  '0f 88 10 01 00 00', //                 js cold
  '41 89 c6', //                          mov r14d, eax
  `41 bd ${at.maps}`, //                  mov r13d, maps
  '49 8b 7d 00', //                  map: mov rdi, [r13]
  '48 85 ff', //                          test rdi, rdi
  '74 61', //                             jz go
  '49 8b 75 08', //                       mov rsi, [r13+8]
  '41 8b 55 10', //                       mov edx, [r13+16]
  '45 8b 55 18', //                       mov r10d, [r13+24]
  '45 89 f0', //                          mov r8d, r14d
  '4d 8b 4d 20', //                       mov r9, [r13+32]
  'b8 09 00 00 00', //                    mov eax, 9
  '0f 05', //                             syscall
  '49 3b 45 00', //                       cmp rax, [r13]
  '75 06', //                             jne taken
  '49 83 c5 28', //                       add r13, 40
  'eb d1', //                             jmp map
  '41 f7 45 18 00 00 10 00', //    taken: test dword [r13+24], 0x100000
  '0f 84 51 02 00 00', //                 jz fail
  '49 83 ed 28', //                 undo: sub r13, 40
  `41 81 fd ${at.maps}`, //               cmp r13d, maps
  '72 11', //                             jb undone
  '49 8b 7d 00', //                       mov rdi, [r13]
  '49 8b 75 08', //                       mov rsi, [r13+8]
  'b8 0b 00 00 00', //                    mov eax, 11
  '0f 05', //                             syscall
  'eb e2', //                             jmp undo
  '44 89 f7', //                  undone: mov edi, r14d
  'b8 03 00 00 00', //                    mov eax, 3
  '0f 05', //                             syscall
  'e9 9d 00 00 00', //                    jmp cold
  '49 8d 4c 24 08', //                go: lea rcx, [r12+8]
  `41 bd ${at.touched}`, //               mov r13d, touched
  '48 8b 01', //                    word: mov rax, [rcx]
  '48 83 c1 08', //                       add rcx, 8
  '48 85 c0', //                          test rax, rax
  '74 16', //                             jz touch
  '8b 00', //                             mov eax, [rax]
  '3d 72 75 6e 00', //                    cmp eax, 0x006e7572
  '74 07', //                             je much
  '3d 63 72 65 61', //                    cmp eax, 0x61657263
  '75 e4', //                             jne word
  `41 bd ${at.touchedByCreate}`, // much: mov r13d, touchedByCreate
  '49 8b 7d 00', //                touch: mov rdi, [r13]
  '48 85 ff', //                          test rdi, rdi
  '74 16', //                             jz ready
  '49 8b 75 08', //                       mov rsi, [r13+8]
  'ba 17 00 00 00', //                    mov edx, 23
  'b8 1c 00 00 00', //                    mov eax, 28
  '0f 05', //                             syscall
  '49 83 c5 10', //                       add r13, 16
  'eb e1', //                             jmp touch
  '44 89 f7', //                   ready: mov edi, r14d
  'b8 03 00 00 00', //                    mov eax, 3
  '0f 05', //                             syscall
  '48 8b 6d 00', //                       mov rbp, [rbp]
  'bf 02 10 00 00', //                    mov edi, 0x1002
  '48 8b 75 38', //                       mov rsi, [rbp+56]
  'b8 9e 00 00 00', //                    mov eax, 158
  '0f 05', //                             syscall
  '48 8b 7d 40', //                       mov rdi, [rbp+64]
  'b8 da 00 00 00', //                    mov eax, 218
  '0f 05', //                             syscall
  '89 07', //                             mov [rdi], eax
  '4c 89 65 48', //                       mov [rbp+72], r12
  '48 8b 5d 00', //                       mov rbx, [rbp]
  '4c 8b 65 10', //                       mov r12, [rbp+16]
  '4c 8b 6d 18', //                       mov r13, [rbp+24]
  '4c 8b 75 20', //                       mov r14, [rbp+32]
  '4c 8b 7d 28', //                       mov r15, [rbp+40]
  '48 8b 65 30', //                       mov rsp, [rbp+48]
  '48 8b 6d 08', //                       mov rbp, [rbp+8]
  'b8 01 00 00 00', //                    mov eax, 1
  'c3', //                                ret
  `bf ${at.interpreter}`, //        cold: mov edi, interpreter
  'be 00 00 08 00', //                    mov esi, 0x80000
  'b8 02 00 00 00', //                    mov eax, 2
  '0f 05', //                             syscall
  '85 c0', //                             test eax, eax
  '0f 88 6e 01 00 00', //                 js fail
  '41 89 c5', //                          mov r13d, eax
  '89 c7', //                             mov edi, eax
  '48 89 e6', //                          mov rsi, rsp
  'ba 00 04 00 00', //                    mov edx, 1024
  '31 c0', //                             xor eax, eax
  '0f 05', //                             syscall
  '49 89 e6', //                          mov r14, rsp
  '4c 03 74 24 20', //                    add r14, [rsp+32]
  '4c 89 f2', //                          mov rdx, r14
  '0f b7 4c 24 38', //                    movzx ecx, word [rsp+56]
  '31 f6', //                             xor esi, esi
  '83 3a 01', //                    span: cmp dword [rdx], 1
  '75 0f', //                             jne span2
  '48 8b 42 10', //                       mov rax, [rdx+16]
  '48 03 42 28', //                       add rax, [rdx+40]
  '48 39 c6', //                          cmp rsi, rax
  '48 0f 42 f0', //                       cmovb rsi, rax
  '48 83 c2 38', //                span2: add rdx, 56
  'ff c9', //                             dec ecx
  '75 e4', //                             jnz span
  '31 ff', //                             xor edi, edi
  '31 d2', //                             xor edx, edx
  '41 ba 22 40 00 00', //                 mov r10d, 0x4022
  '45 31 c9', //                          xor r9d, r9d
  'b8 09 00 00 00', //                    mov eax, 9
  '0f 05', //                             syscall
  '48 85 c0', //                          test rax, rax
  '0f 88 12 01 00 00', //                 js fail
  '48 89 c5', //                          mov rbp, rax
  '0f b7 5c 24 38', //                    movzx ebx, word [rsp+56]
  '41 83 3e 01', //              segment: cmp dword [r14], 1
  '0f 85 83 00 00 00', //                 jne next
  '41 8b 4e 04', //                       mov ecx, [r14+4]
  'c1 e1 02', //                          shl ecx, 2
  'ba 40 62 51 73', //                    mov edx, 0x73516240
  'd3 ea', //                             shr edx, cl
  '83 e2 07', //                          and edx, 7
  '4d 8b 7e 10', //                       mov r15, [r14+16]
  '44 89 f8', //                          mov eax, r15d
  '25 ff 0f 00 00', //                    and eax, 4095
  '49 01 ef', //                          add r15, rbp
  '4c 89 ff', //                          mov rdi, r15
  '48 29 c7', //                          sub rdi, rax
  '49 8b 76 20', //                       mov rsi, [r14+32]
  '48 01 c6', //                          add rsi, rax
  '4d 8b 4e 08', //                       mov r9, [r14+8]
  '49 29 c1', //                          sub r9, rax
  '41 ba 12 00 00 00', //                 mov r10d, 0x12
  '45 89 e8', //                          mov r8d, r13d
  'b8 09 00 00 00', //                    mov eax, 9
  '0f 05', //                             syscall
  '48 85 c0', //                          test rax, rax
  '0f 88 b3 00 00 00', //                 js fail
  '49 8b 7e 20', //                       mov rdi, [r14+32]
  '49 8b 76 28', //                       mov rsi, [r14+40]
  '48 39 f7', //                          cmp rdi, rsi
  '73 29', //                             jae next
  '4c 01 ff', //                          add rdi, r15
  '4c 01 fe', //                          add rsi, r15
  '89 f9', //                             mov ecx, edi
  'f7 d9', //                             neg ecx
  '81 e1 ff 0f 00 00', //                 and ecx, 4095
  '31 c0', //                             xor eax, eax
  'f3 aa', //                             rep stosb
  '48 29 fe', //                          sub rsi, rdi
  '76 10', //                             jbe next
  '41 ba 32 00 00 00', //                 mov r10d, 0x32
  '45 31 c9', //                          xor r9d, r9d
  'b8 09 00 00 00', //                    mov eax, 9
  '0f 05', //                             syscall
  '49 83 c6 38', //                 next: add r14, 56
  'ff cb', //                             dec ebx
  '0f 85 67 ff ff ff', //                 jnz segment
  '44 89 ef', //                          mov edi, r13d
  'b8 03 00 00 00', //                    mov eax, 3
  '0f 05', //                             syscall
  '49 8b 04 24', //                       mov rax, [r12]
  '49 8d 74 c4 10', //                    lea rsi, [r12+rax*8+16]
  '48 ad', //                   variable: lodsq
  '48 85 c0', //                          test rax, rax
  '75 f9', //                             jnz variable
  '48 8b 06', //                     aux: mov rax, [rsi]
  '85 c0', //                             test eax, eax
  '74 41', //                             jz enter
  '83 f8 03', //                          cmp eax, 3
  '75 08', //                             jne aux5
  `48 c7 46 08 ${at.headers}`, //         mov qword [rsi+8], headers
  '83 f8 05', //                    aux5: cmp eax, 5
  '75 08', //                             jne aux7
  `48 c7 46 08 ${at.count}`, //           mov qword [rsi+8], count
  '83 f8 07', //                    aux7: cmp eax, 7
  '75 04', //                             jne aux9
  '48 89 6e 08', //                       mov [rsi+8], rbp
  '83 f8 09', //                    aux9: cmp eax, 9
  '75 08', //                             jne aux33
  `48 c7 46 08 ${at.entry}`, //           mov qword [rsi+8], entry
  '83 f8 21', //                   aux33: cmp eax, 33
  '75 06', //                             jne aux0
  'c7 06 01 00 00 00', //                 mov dword [rsi], 1
  '48 83 c6 10', //                 aux0: add rsi, 16
  'eb b8', //                             jmp aux
  '48 8b 44 24 18', //             enter: mov rax, [rsp+24]
  '48 01 e8', //                          add rax, rbp
  '4c 89 e4', //                          mov rsp, r12
  '31 d2', //                             xor edx, edx
  'ff e0', //                             jmp rax
  'bf 02 00 00 00', //              fail: mov edi, 2
  `be ${at.message}`, //                  mov esi, message
  `ba ${at.length}`, //                   mov edx, length
  'b8 01 00 00 00', //                    mov eax, 1
  '0f 05', //                             syscall
  'bf 7f 00 00 00', //                    mov edi, 127
  'b8 e7 00 00 00', //                    mov eax, 231
  '0f 05', //                             syscall
]

/** @returns position-independent but for the tables */
export const loaderCode = (tables: Tables): Buffer => {
  const at = Object.fromEntries(Object.entries(tables).map(([name, value]) => [name, le32(value)]))
  return bytesOf(instructions(at as Record<keyof Tables, string>))
}
