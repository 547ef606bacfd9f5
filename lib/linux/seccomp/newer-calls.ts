/**
 * ENOSYS for system calls that are newer than the filter. Pure.
 *
 * C libraries try a new call and fall back to the old one on ENOSYS, not on the EPERM of a filter that
 * has never heard of the new one. So calls above the highest number that the filter names are answered as
 * by an old kernel, by instructions that stand before libseccomp's.
 */
import type { Seccomp } from '../../spec/types.ts'
import {
  answer,
  ARCHITECTURE,
  assemble,
  branch,
  IF_EQUAL,
  IF_GREATER,
  IF_NOT_LESS,
  jump,
  load,
  NUMBER,
  type Instruction,
} from './instruction.ts'

const ENOSYS = 38
/** Calls of the x32 ABI have this bit, and the audit architecture of x86-64. */
const X32_BIT = 0x40000000
const AUDIT_ARCH_X86_64 = 0xc000003e

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
          branch(IF_NOT_LESS, X32_BIT, 0, 1),
          branch(IF_GREATER, x32, 1, 2),
          branch(IF_GREATER, number, 0, 1),
        ]
      : [branch(IF_GREATER, number, 0, 1)]
  // Whatever jumps behind the return goes on to libseccomp's filter, through the jump that is added last.
  return [load(NUMBER), ...compare, answer(0x00050000 | ENOSYS)]
}

export const enosysPrologue = (newest: readonly Newest[]): Buffer => {
  const x32 = newest.find(({ arch, number }) => arch === AUDIT_ARCH_X86_64 && number >= X32_BIT)
  const blocks = newest
    .filter((entry) => entry !== x32)
    .map(({ arch, number }) => ({ arch, code: blockOf(arch, number, x32?.number ?? 0xffffffff) }))
  const sizeOf = (block: (typeof blocks)[number]): number => block.code.length + 2
  let rest = blocks.reduce((size, block) => size + sizeOf(block), 0)
  const program: Instruction[] = blocks.length > 0 ? [load(ARCHITECTURE)] : []
  for (const block of blocks) {
    rest -= sizeOf(block)
    program.push(branch(IF_EQUAL, block.arch, 0, sizeOf(block) - 1), ...block.code, jump(rest))
  }
  return assemble(program)
}
