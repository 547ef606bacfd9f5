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
 *
 * Kernel: Documentation/bpf/standardization/instruction-set. Each instruction is two words here: the
 * opcode with its registers and offset, and the immediate value.
 */
import { ALL_ACCESS, type DeviceException, type DevicePolicy } from './plan.ts'

// Registers by what they hold; r1 comes with the context and is free once that has been read.
const RESULT = 0
const CONTEXT = 1
const SCRATCH = 1
const TYPE = 2
const WANTED = 3
const MAJOR = 4
const MINOR = 5

// class | operation | source
const LOAD_WORD = 0x61
const MOVE_32_REGISTER = 0xbc
const MOVE_32 = 0xb4
const AND_32 = 0x54
const SHIFT_RIGHT_32 = 0x74
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_NOT_EQUAL = 0x55
const EXIT = 0x95

/** struct bpf_cgroup_dev_ctx */
const ACCESS_TYPE_OFFSET = 0
const MAJOR_OFFSET = 4
const MINOR_OFFSET = 8
const TYPE_BITS = { b: 1, c: 2 } as const

/** @returns the instructions as the kernel takes them, 8 bytes each */
export const compileDeviceFilter = ({ allow, exceptions }: DevicePolicy): Uint8Array => {
  const words: number[] = []
  emit(words, LOAD_WORD, TYPE, CONTEXT, ACCESS_TYPE_OFFSET)
  emit(words, MOVE_32_REGISTER, WANTED, TYPE)
  emit(words, SHIFT_RIGHT_32, WANTED, 0, 0, 16)
  emit(words, AND_32, TYPE, 0, 0, 0xffff)
  emit(words, LOAD_WORD, MAJOR, CONTEXT, MAJOR_OFFSET)
  emit(words, LOAD_WORD, MINOR, CONTEXT, MINOR_OFFSET)
  for (const exception of exceptions) decide(words, exception, !allow)
  answer(words, allow)
  return new Uint8Array(new Int32Array(words).buffer)
}

const emit = (words: number[], opcode: number, dst = 0, src = 0, offset = 0, immediate = 0): void =>
  void words.push(opcode | (dst << 8) | (src << 12) | (offset << 16), immediate)

const decide = (words: number[], exception: DeviceException, allow: boolean): void => {
  const { type, major, minor, access } = exception
  const start = words.length
  emit(words, JUMP_IF_NOT_EQUAL, TYPE, 0, 0, TYPE_BITS[type])
  if (major >= 0) emit(words, JUMP_IF_NOT_EQUAL, MAJOR, 0, 0, major)
  if (minor >= 0) emit(words, JUMP_IF_NOT_EQUAL, MINOR, 0, 0, minor)
  if (access !== ALL_ACCESS) {
    // A permission has to cover all that is wanted, a prohibition only to touch it: as v1 does.
    emit(words, MOVE_32_REGISTER, SCRATCH, WANTED)
    emit(words, AND_32, SCRATCH, 0, 0, allow ? ALL_ACCESS & ~access : access)
    emit(words, allow ? JUMP_IF_NOT_EQUAL : JUMP_IF_EQUAL, SCRATCH)
  }
  answer(words, allow)
  landJumps(words, start)
}

const answer = (words: number[], allow: boolean): void => {
  emit(words, MOVE_32, RESULT, 0, 0, allow ? 1 : 0)
  emit(words, EXIT)
}

/** All jumps of a block lead behind it; they count from the instruction after them. */
const landJumps = (words: number[], start: number): void => {
  for (let i = start; i < words.length; i += 2) {
    const opcode = words[i]! & 0xff
    if (opcode !== JUMP_IF_EQUAL && opcode !== JUMP_IF_NOT_EQUAL) continue
    words[i]! |= ((words.length - i) / 2 - 1) << 16
  }
}
