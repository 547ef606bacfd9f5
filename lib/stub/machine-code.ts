/**
 * The stub's instructions: one loop over a table of system calls.
 *
 *     entry = table; index = 0
 *     for (;;) {
 *       result = syscall(entry.number, entry.args[0..5])
 *       if (result is an error) {
 *         send(reportFd, { index, errno }, 8, MSG_NOSIGNAL)
 *         if (errno is not in entry.tolerate) exit_group(127)
 *       } else if (result == 0 && entry.zero == 0) {
 *         exit_group(127)
 *       }
 *       entry++; index++
 *     }
 *
 * A table entry is eight 64-bit words: the number with `zero` in its upper half, six arguments, a bit set
 * of tolerated errnos below 64.
 * The table never runs off its end: its last entry is exit_group or an execve that tolerates nothing.
 */
import type { Architecture } from '../sys/numbers.ts'

export interface MachineCode {
  /** e_machine, elf(5). */
  readonly machine: number
  readonly code: (table: number, reportFd: number) => Buffer
  /** Offset of the instructions that end the stub: what a signal handler may jump to. */
  readonly die: number
}

const x64 = (table: number, reportFd: number): Buffer => {
  const code = Buffer.from(
    [
      'bb 00000000', //          mov ebx, table
      '45 31 e4', //             xor r12d, r12d
      '8b 03', //          next: mov eax, [rbx]
      '48 8b 7b 08', //          mov rdi, [rbx+8]
      '48 8b 73 10', //          mov rsi, [rbx+16]
      '48 8b 53 18', //          mov rdx, [rbx+24]
      '4c 8b 53 20', //          mov r10, [rbx+32]
      '4c 8b 43 28', //          mov r8, [rbx+40]
      '4c 8b 4b 30', //          mov r9, [rbx+48]
      '0f 05', //                syscall
      '48 3d 01 f0 ff ff', //    cmp rax, -4095
      '72 40', //                jb succeeded
      'f7 d8', //                neg eax
      '41 89 c6', //             mov r14d, eax
      '48 c1 e0 20', //          shl rax, 32
      '4c 09 e0', //             or rax, r12
      '50', //                   push rax
      'bf 00000000', //          mov edi, reportFd
      '48 89 e6', //             mov rsi, rsp
      'ba 08 00 00 00', //       mov edx, 8
      '41 ba 00 40 00 00', //    mov r10d, MSG_NOSIGNAL
      '45 31 c0', //             xor r8d, r8d
      '45 31 c9', //             xor r9d, r9d
      'b8 2c 00 00 00', //       mov eax, sendto
      '0f 05', //                syscall
      '58', //                   pop rax
      '41 83 fe 3f', //          cmp r14d, 63
      '77 1a', //                ja die
      '48 8b 43 38', //          mov rax, [rbx+56]
      '4c 0f a3 f0', //          bt rax, r14
      '73 10', //                jae die
      'eb 05', //                jmp advance
      '0b 43 04', //  succeeded: or eax, [rbx+4]
      '74 09', //                jz die
      '48 83 c3 40', //    advance: add rbx, 64
      '41 ff c4', //             inc r12d
      'eb 8e', //                jmp next
      'bf 7f 00 00 00', //   die: mov edi, 127
      'b8 e7 00 00 00', //       mov eax, exit_group
      '0f 05', //                syscall
    ]
      .join('')
      .replaceAll(' ', ''),
    'hex',
  )
  code.writeUInt32LE(table, 1)
  code.writeUInt32LE(reportFd, code.indexOf(Buffer.from('50bf', 'hex')) + 2)
  return code
}

const arm64 = (table: number, reportFd: number): Buffer => {
  const words = [
    0xd2800013 | ((table & 0xffff) << 5), //           movz x19, #table[15:0]
    0xf2a00013 | (((table >>> 16) & 0xffff) << 5), //  movk x19, #table[31:16], lsl 16
    0xd2800014, //           mov x20, #0
    0x29405a68, //     next: ldp w8, w22, [x19]
    0xa9408660, //           ldp x0, x1, [x19, #8]
    0xa9418e62, //           ldp x2, x3, [x19, #24]
    0xa9429664, //           ldp x4, x5, [x19, #40]
    0xd4000001, //           svc #0
    0xb13ffc1f, //           cmn x0, #4095
    0x54000263, //           b.lo succeeded
    0xcb0003f5, //           neg x21, x0
    0xaa15828a, //           orr x10, x20, x21, lsl #32
    0xf81f0fea, //           str x10, [sp, #-16]!
    0xd2800000 | (reportFd << 5), // mov x0, #reportFd
    0x910003e1, //           mov x1, sp
    0xd2800102, //           mov x2, #8
    0xd2880003, //           mov x3, #MSG_NOSIGNAL
    0xd2800004, //           mov x4, #0
    0xd2800005, //           mov x5, #0
    0xd28019c8, //           mov x8, #sendto
    0xd4000001, //           svc #0
    0x910043ff, //           add sp, sp, #16
    0xf100febf, //           cmp x21, #63
    0x54000148, //           b.hi die
    0xf9401e69, //           ldr x9, [x19, #56]
    0x9ad52529, //           lsr x9, x9, x21
    0x360000e9, //           tbz w9, #0, die
    0x14000003, //           b advance
    0x2a160000, // succeeded: orr w0, w0, w22
    0x34000080, //           cbz w0, die
    0x91010273, //  advance: add x19, x19, #64
    0x91000694, //           add x20, x20, #1
    0x17ffffe3, //           b next
    0xd2800fe0, //      die: mov x0, #127
    0xd2800bc8, //           mov x8, #exit_group
    0xd4000001, //           svc #0
  ]
  const code = Buffer.alloc(words.length * 4)
  words.forEach((word, i) => code.writeUInt32LE(word >>> 0, i * 4))
  return code
}

export const machineCode: Readonly<Record<Architecture, MachineCode>> = {
  x64: { machine: 62, code: x64, die: 0x7a },
  arm64: { machine: 183, code: arm64, die: 0x84 },
}
