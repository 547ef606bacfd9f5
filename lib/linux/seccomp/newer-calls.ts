/**
 * ENOSYS for system calls that are newer than the filter. Pure.
 *
 * C libraries try a new call and fall back to the old one on ENOSYS, not on the EPERM of a filter that
 * has never heard of the new one. So calls above the highest number that the filter names are answered as
 * by an old kernel, by instructions that stand before libseccomp's.
 */
import type { Seccomp } from '../../spec/types.ts'

const ENOSYS = 38
/** Calls of the x32 ABI have this bit, and the audit architecture of x86-64. */
const X32_BIT = 0x40000000
const AUDIT_ARCH_X86_64 = 0xc000003e

const LOAD = 0x20
const JUMP = 0x05
const JUMP_EQUAL = 0x15
const JUMP_GREATER = 0x25
const JUMP_GREATER_EQUAL = 0x35
const RETURN = 0x06
const NUMBER_OFFSET = 0
const ARCH_OFFSET = 4

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/** The highest system call that a filter names, by audit architecture; x32's with its bit. */
export interface Newest {
  readonly arch: number
  readonly number: number
}

/** Only a filter that refuses what it does not know needs it, and not with ENOSYS already. */
export const wantsEnosys = ({ defaultAction, defaultErrnoRet }: Seccomp): boolean =>
  defaultAction !== 'SCMP_ACT_ALLOW' &&
  defaultAction !== 'SCMP_ACT_LOG' &&
  defaultErrnoRet !== ENOSYS

const blockOf = (arch: number, number: number, x32: number): readonly Instruction[] => {
  const compare: readonly Instruction[] =
    arch === AUDIT_ARCH_X86_64
      ? [
          [JUMP_GREATER_EQUAL, 0, 1, X32_BIT],
          [JUMP_GREATER, 1, 2, x32],
          [JUMP_GREATER, 0, 1, number],
        ]
      : [[JUMP_GREATER, 0, 1, number]]
  // Whatever jumps behind the return goes on to libseccomp's filter, through the jump that is added last.
  return [[LOAD, 0, 0, NUMBER_OFFSET], ...compare, [RETURN, 0, 0, 0x00050000 | ENOSYS]]
}

export const enosysPrologue = (newest: readonly Newest[]): Buffer => {
  const x32 = newest.find(({ arch, number }) => arch === AUDIT_ARCH_X86_64 && number >= X32_BIT)
  const blocks = newest
    .filter((entry) => entry !== x32)
    .map(({ arch, number }) => ({ arch, code: blockOf(arch, number, x32?.number ?? 0xffffffff) }))
  const sizeOf = (block: (typeof blocks)[number]): number => block.code.length + 2
  let rest = blocks.reduce((size, block) => size + sizeOf(block), 0)
  const program: Instruction[] = blocks.length > 0 ? [[LOAD, 0, 0, ARCH_OFFSET]] : []
  for (const block of blocks) {
    rest -= sizeOf(block)
    program.push([JUMP_EQUAL, 0, sizeOf(block) - 1, block.arch], ...block.code, [JUMP, 0, 0, rest])
  }
  const bytes = Buffer.alloc(program.length * 8)
  program.forEach(([code, ifTrue, ifFalse, value], i) => {
    bytes.writeUInt16LE(code, i * 8)
    bytes.writeUInt8(ifTrue, i * 8 + 2)
    bytes.writeUInt8(ifFalse, i * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4)
  })
  return bytes
}
