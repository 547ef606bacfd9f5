/**
 * The stub's instructions: one loop over a program, a list of system calls.
 *
 *     program = boot
 *     begin: onFailure = program.onFailure; entry = program.entries; index = 0
 *     next:  every argument marked so becomes the result of an earlier call
 *            if (entry.number == -1) { program = *entry.args[0]; goto begin }
 *            data[-1] = index
 *            data[index] = result = syscall(entry.number, entry.args[0..5])
 *            if (result is an error) {
 *              if (!onFailure) send(line, { index, errno }, 8, MSG_NOSIGNAL)
 *              if (errno is not in entry.tolerate) {
 *                if (!onFailure || entry == onFailure) exit_group(127)
 *                entry = onFailure; goto next
 *              }
 *            } else if (result == 0) {
 *              if (entry.zero == 0) exit_group(127)
 *              if (entry.zero == 2) { program = entry.args[5]; goto begin }
 *            }
 *            entry++; index++; goto next
 *
 * `image.ts` lays out what it runs first, `message.ts` what it is sent. An entry is eight 64-bit words: the
 * call's number, `zero` and the marks of its arguments in the first, six arguments, a bit set of tolerated
 * errnos below 64. A program never runs off its end: its last entry leads elsewhere or ends the stub.
 */
import { bytesOf } from '../sys/listing.ts'
import type { Architecture } from '../sys/numbers.ts'

export interface Addresses {
  /** Where results go. */
  readonly data: number
  /** The program to begin with. */
  readonly boot: number
  /** The descriptor that failures are sent to. */
  readonly line: number
}

export interface MachineCode {
  /** e_machine, elf(5). */
  readonly machine: number
  readonly code: (addresses: Addresses) => Buffer
  /** Offset of the instructions that end the stub: what a signal handler may jump to. */
  readonly die: number
}

const x64 = ({ data, boot, line }: Addresses): Buffer => {
  const code = bytesOf([
    '41 bd 00000000', //         mov r13d, data
    'bb 00000000', //            mov ebx, boot
    '4c 8b 3b', //        begin: mov r15, [rbx]
    '48 83 c3 08', //            add rbx, 8
    '45 31 e4', //               xor r12d, r12d
    '0f b6 4b 05', //      next: movzx ecx, byte [rbx+5]
    '48 8d 73 08', //            lea rsi, [rbx+8]
    'f6 c1 01', //         mark: test cl, 1
    '74 0b', //                  jz whole
    '48 8b 06', //               mov rax, [rsi]
    '49 8b 44 c5 00', //         mov rax, [r13+rax*8]
    '48 89 06', //               mov [rsi], rax
    '48 83 c6 08', //     whole: add rsi, 8
    'd1 e9', //                  shr ecx, 1
    '75 e8', //                  jnz mark
    '8b 03', //                  mov eax, [rbx]
    '83 f8 ff', //               cmp eax, -1
    '75 09', //                  jne call
    '48 8b 5b 08', //            mov rbx, [rbx+8]
    '48 8b 1b', //               mov rbx, [rbx]
    'eb c6', //                  jmp begin
    '4d 89 65 f8', //      call: mov [r13-8], r12
    '48 8b 7b 08', //            mov rdi, [rbx+8]
    '48 8b 73 10', //            mov rsi, [rbx+16]
    '48 8b 53 18', //            mov rdx, [rbx+24]
    '4c 8b 53 20', //            mov r10, [rbx+32]
    '4c 8b 43 28', //            mov r8, [rbx+40]
    '4c 8b 4b 30', //            mov r9, [rbx+48]
    '0f 05', //                  syscall
    '4b 89 44 e5 00', //         mov [r13+r12*8], rax
    '48 3d 01 f0 ff ff', //      cmp rax, -4095
    '72 55', //                  jb succeeded
    'f7 d8', //                  neg eax
    '41 89 c6', //               mov r14d, eax
    '4d 85 ff', //               test r15, r15
    '75 29', //                  jnz quiet
    '48 c1 e0 20', //            shl rax, 32
    '4c 09 e0', //               or rax, r12
    '50', //                     push rax
    'bf 00000000', //            mov edi, line
    '48 89 e6', //               mov rsi, rsp
    'ba 08 00 00 00', //         mov edx, 8
    '41 ba 00 40 00 00', //      mov r10d, MSG_NOSIGNAL
    '45 31 c0', //               xor r8d, r8d
    '45 31 c9', //               xor r9d, r9d
    'b8 2c 00 00 00', //         mov eax, sendto
    '0f 05', //                  syscall
    '58', //                     pop rax
    '41 83 fe 3f', //     quiet: cmp r14d, 63
    '77 0a', //                  ja failed
    '48 8b 43 38', //            mov rax, [rbx+56]
    '4c 0f a3 f0', //            bt rax, r14
    '72 2b', //                  jc advance
    '4d 85 ff', //       failed: test r15, r15
    '74 32', //                  jz die
    '4c 39 fb', //               cmp rbx, r15
    '74 2d', //                  je die
    '4c 89 fb', //               mov rbx, r15
    'e9 50 ff ff ff', //         jmp next
    '48 85 c0', //    succeeded: test rax, rax
    '75 14', //                  jnz advance
    '0f b6 43 04', //            movzx eax, byte [rbx+4]
    '83 f8 01', //               cmp eax, 1
    '72 17', //                  jb die
    '74 09', //                  je advance
    '48 8b 5b 30', //            mov rbx, [rbx+48]
    'e9 2d ff ff ff', //         jmp begin
    '48 83 c3 40', //   advance: add rbx, 64
    '41 ff c4', //               inc r12d
    'e9 2b ff ff ff', //         jmp next
    'bf 7f 00 00 00', //    die: mov edi, 127
    'b8 e7 00 00 00', //         mov eax, exit_group
    '0f 05', //                  syscall
  ])
  code.writeUInt32LE(data, 2)
  code.writeUInt32LE(boot, 7)
  code.writeUInt32LE(line, code.indexOf(Buffer.from('50bf', 'hex')) + 2)
  return code
}

const arm64 = ({ data, boot, line }: Addresses): Buffer => {
  const low = (value: number): number => (value & 0xffff) << 5
  const words = [
    0xd2800015 | low(data), //           movz x21, #data[15:0]
    0xf2a00015 | low(data >>> 16), //    movk x21, #data[31:16], lsl 16
    0xd2800013 | low(boot), //           movz x19, #boot[15:0]
    0xf2a00013 | low(boot >>> 16), //    movk x19, #boot[31:16], lsl 16
    0xf8408676, //    begin: ldr x22, [x19], #8
    0xd2800014, //           mov x20, #0
    0x39401669, //     next: ldrb w9, [x19, #5]
    0x9100226a, //           add x10, x19, #8
    0x36000089, //     mark: tbz w9, #0, whole
    0xf940014b, //           ldr x11, [x10]
    0xf86b7aab, //           ldr x11, [x21, x11, lsl #3]
    0xf900014b, //           str x11, [x10]
    0x9100214a, //    whole: add x10, x10, #8
    0x53017d29, //           lsr w9, w9, #1
    0x35ffff49, //           cbnz w9, mark
    0xb9400268, //           ldr w8, [x19]
    0x3100051f, //           cmn w8, #1
    0x54000081, //           b.ne call
    0xf9400673, //           ldr x19, [x19, #8]
    0xf9400273, //           ldr x19, [x19]
    0x17fffff0, //           b begin
    0xf81f82b4, //     call: stur x20, [x21, #-8]
    0xa9408660, //           ldp x0, x1, [x19, #8]
    0xa9418e62, //           ldp x2, x3, [x19, #24]
    0xa9429664, //           ldp x4, x5, [x19, #40]
    0xd4000001, //           svc #0
    0xf8347aa0, //           str x0, [x21, x20, lsl #3]
    0xb13ffc1f, //           cmn x0, #4095
    0x54000303, //           b.lo succeeded
    0xcb0003f7, //           neg x23, x0
    0xb5000196, //           cbnz x22, quiet
    0xaa17828a, //           orr x10, x20, x23, lsl #32
    0xf81f0fea, //           str x10, [sp, #-16]!
    0xd2800000 | low(line), // mov x0, #line
    0x910003e1, //           mov x1, sp
    0xd2800102, //           mov x2, #8
    0xd2880003, //           mov x3, #MSG_NOSIGNAL
    0xd2800004, //           mov x4, #0
    0xd2800005, //           mov x5, #0
    0xd28019c8, //           mov x8, #sendto
    0xd4000001, //           svc #0
    0x910043ff, //           add sp, sp, #16
    0xf100feff, //    quiet: cmp x23, #63
    0x54000088, //           b.hi failed
    0xf9401e69, //           ldr x9, [x19, #56]
    0x9ad72529, //           lsr x9, x9, x23
    0x370001a9, //           tbnz w9, #0, advance
    0xb40001f6, //   failed: cbz x22, die
    0xeb16027f, //           cmp x19, x22
    0x540001a0, //           b.eq die
    0xaa1603f3, //           mov x19, x22
    0x17ffffd3, //           b next
    0xb50000e0, // succeeded: cbnz x0, advance
    0x39401269, //           ldrb w9, [x19, #4]
    0x34000109, //           cbz w9, die
    0x7100053f, //           cmp w9, #1
    0x54000060, //           b.eq advance
    0xf9401a73, //           ldr x19, [x19, #48]
    0x17ffffca, //           b begin
    0x91010273, //  advance: add x19, x19, #64
    0x91000694, //           add x20, x20, #1
    0x17ffffc9, //           b next
    0xd2800fe0, //      die: mov x0, #127
    0xd2800bc8, //           mov x8, #exit_group
    0xd4000001, //           svc #0
  ]
  const code = Buffer.alloc(words.length * 4)
  words.forEach((word, i) => code.writeUInt32LE(word >>> 0, i * 4))
  return code
}

export const machineCode: Readonly<Record<Architecture, MachineCode>> = {
  x64: { machine: 62, code: x64, die: 0xea },
  arm64: { machine: 183, code: arm64, die: 0xf8 },
}
