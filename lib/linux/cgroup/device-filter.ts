/**
 * A device policy as the eBPF program that v2 has in the place of devices.allow. Pure. bpf(2).
 *
 * The kernel calls it at every open(2) of a device and every mknod(2) with who asks for what, and a
 * result of 1 means yes. It walks through the exceptions and answers at the first that matches:
 *
 *     r2 = type, r3 = wanted access, r4 = major, r5 = minor
 *     for each exception:
 *       if r2 != its type, or r4 != its major, or r5 != its minor, goto next
 *       if it does not decide about r3, goto next
 *       return what the exception says
 *     return the default
 */
import type { DeviceException, DevicePolicy } from './devices.ts'

interface Instruction {
  readonly opcode: number
  readonly dst: number
  readonly src?: number
  /** Where to read, or the jump to {@link NEXT}. */
  readonly offset?: number | typeof NEXT
  readonly immediate?: number
}

/** A jump to the exception after this one, resolved once its length is known. */
const NEXT = 'next'

// Registers by what they hold; r1 comes with the context and is free once it has been read.
const RESULT = 0
const CONTEXT = 1
const SCRATCH = 1
const TYPE = 2
const ACCESS = 3
const MAJOR = 4
const MINOR = 5

// class | operation | source, linux/bpf_common.h and linux/bpf.h
const LOAD_WORD = 0x61
const MOVE_32_REGISTER = 0xbc
const MOVE_32 = 0xb4
const AND_32 = 0x54
const SHIFT_RIGHT_32 = 0x74
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_NOT_EQUAL = 0x55
const EXIT = 0x95

/** struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor. */
const CONTEXT_OFFSETS = { accessAndType: 0, major: 4, minor: 8 } as const
const TYPE_BITS = { b: 1, c: 2 } as const
const ACCESS_BITS: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 }
const ALL_ACCESS = 7

/** @returns the instructions as the kernel takes them, 8 bytes each */
export const compileDeviceFilter = ({ allow, exceptions }: DevicePolicy): Uint8Array =>
  encode([
    { opcode: LOAD_WORD, dst: TYPE, src: CONTEXT, offset: CONTEXT_OFFSETS.accessAndType },
    { opcode: MOVE_32_REGISTER, dst: ACCESS, src: TYPE },
    { opcode: SHIFT_RIGHT_32, dst: ACCESS, immediate: 16 },
    { opcode: AND_32, dst: TYPE, immediate: 0xffff },
    { opcode: LOAD_WORD, dst: MAJOR, src: CONTEXT, offset: CONTEXT_OFFSETS.major },
    { opcode: LOAD_WORD, dst: MINOR, src: CONTEXT, offset: CONTEXT_OFFSETS.minor },
    ...exceptions.flatMap((exception) => resolve(decide(exception, !allow))),
    ...answer(allow),
  ])

const decide = (exception: DeviceException, allow: boolean): readonly Instruction[] => {
  const { type, major, minor } = exception
  return [
    unlessEqual(TYPE, TYPE_BITS[type]),
    ...(major < 0 ? [] : [unlessEqual(MAJOR, major)]),
    ...(minor < 0 ? [] : [unlessEqual(MINOR, minor)]),
    ...unlessAbout(accessMask(exception.access), allow),
    ...answer(allow),
  ]
}

const unlessEqual = (dst: number, immediate: number): Instruction => ({
  opcode: JUMP_IF_NOT_EQUAL,
  dst,
  offset: NEXT,
  immediate,
})

/** A permission has to cover all that is wanted, a prohibition only to touch it: as v1 does. */
const unlessAbout = (mask: number, allow: boolean): readonly Instruction[] => {
  if (mask === ALL_ACCESS) return []
  const opcode = allow ? JUMP_IF_NOT_EQUAL : JUMP_IF_EQUAL
  return [
    { opcode: MOVE_32_REGISTER, dst: SCRATCH, src: ACCESS },
    { opcode: AND_32, dst: SCRATCH, immediate: allow ? ALL_ACCESS & ~mask : mask },
    { opcode, dst: SCRATCH, offset: NEXT, immediate: 0 },
  ]
}

const answer = (allow: boolean): readonly Instruction[] => [
  { opcode: MOVE_32, dst: RESULT, immediate: allow ? 1 : 0 },
  { opcode: EXIT, dst: 0 },
]

const accessMask = (access: string): number =>
  [...access].reduce((mask, letter) => mask | (ACCESS_BITS[letter] ?? 0), 0)

/** Jumps count from the instruction after them. */
const resolve = (block: readonly Instruction[]): readonly Instruction[] =>
  block.map((instruction, i) =>
    instruction.offset === NEXT ? { ...instruction, offset: block.length - i - 1 } : instruction,
  )

const encode = (instructions: readonly Instruction[]): Uint8Array => {
  const bytes = Buffer.alloc(instructions.length * 8)
  instructions.forEach(({ opcode, dst, src = 0, offset = 0, immediate = 0 }, i) => {
    bytes.writeUInt8(opcode, i * 8)
    bytes.writeUInt8((src << 4) | dst, i * 8 + 1)
    bytes.writeInt16LE(offset === NEXT ? 0 : offset, i * 8 + 2)
    bytes.writeInt32LE(immediate | 0, i * 8 + 4)
  })
  return bytes
}
