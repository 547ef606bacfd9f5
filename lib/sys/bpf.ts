/** Programs that the kernel runs for a cgroup: bpf(2). Both numbers and layouts are linux/bpf.h's. */
import { bind, bindSyscall } from './bind.ts'
import { hasCode } from './error.ts'
import { ffi } from './koffi.ts'

const bpf = bindSyscall<[command: number, attr: Uint8Array, size: number]>(
  'bpf',
  ['int', 'void *', 'uint'],
  { print: [(command: number) => COMMANDS[command] ?? String(command)] },
)

const BPF_PROG_LOAD = 5
const BPF_PROG_ATTACH = 8
const BPF_PROG_DETACH = 9
const BPF_PROG_GET_FD_BY_ID = 13
const BPF_OBJ_GET_INFO_BY_FD = 15
const BPF_PROG_QUERY = 16

const COMMANDS: Readonly<Record<number, string>> = {
  [BPF_PROG_LOAD]: 'BPF_PROG_LOAD',
  [BPF_PROG_ATTACH]: 'BPF_PROG_ATTACH',
  [BPF_PROG_DETACH]: 'BPF_PROG_DETACH',
  [BPF_PROG_GET_FD_BY_ID]: 'BPF_PROG_GET_FD_BY_ID',
  [BPF_OBJ_GET_INFO_BY_FD]: 'BPF_OBJ_GET_INFO_BY_FD',
  [BPF_PROG_QUERY]: 'BPF_PROG_QUERY',
}

export const BPF_PROG_TYPE_CGROUP_DEVICE = 15
export const BPF_CGROUP_DEVICE = 6
/** Programs of the cgroups above run as well. */
export const BPF_F_ALLOW_MULTI = 2
/** In the place of another program, Linux 5.6. */
export const BPF_F_REPLACE = 4

const rawPrlimit = bind<[pid: number, resource: number, set: Uint8Array | null, old: Uint8Array]>(
  'int prlimit(int, int, void *, void *)',
)
const RLIMIT_MEMLOCK = 8

/**
 * Loads a program, Linux 4.15 for names.
 * @param instructions 8 bytes each
 * @returns a descriptor, close-on-exec; the program lives as long as it or an attachment
 */
export const loadProgram = (type: number, instructions: Uint8Array, name: string): number => {
  const license = Buffer.from('Apache-2.0\0')
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(type, 0)
  attr.writeUInt32LE(instructions.length / 8, 4)
  attr.writeBigUInt64LE(ffi.address(instructions), 8)
  attr.writeBigUInt64LE(ffi.address(license), 16)
  attr.write(name.slice(0, 15), 48, 'latin1')
  const load = (): number => bpf(BPF_PROG_LOAD, attr, attr.length)
  try {
    return load()
  } catch (error) {
    // Before Linux 5.11 programs counted as locked memory, of which there is little by default.
    if (!hasCode(error, 'EPERM')) throw error
    return withLockedMemory(load)
  }
}

const withLockedMemory = <T>(action: () => T): T => {
  const old = Buffer.alloc(16)
  rawPrlimit(0, RLIMIT_MEMLOCK, Buffer.alloc(16, 0xff), old)
  try {
    return action()
  } finally {
    rawPrlimit(0, RLIMIT_MEMLOCK, old, Buffer.alloc(16))
  }
}

/**
 * Runs a program for a cgroup and those below it.
 * @param cgroup descriptor of the v2 directory
 * @param replaced descriptor of the program whose place it takes
 */
export const attachProgram = (
  cgroup: number,
  program: number,
  attachType: number,
  flags: number,
  replaced = 0,
): void => {
  const attr = Buffer.from(new Uint32Array([cgroup, program, attachType, flags, replaced]).buffer)
  bpf(BPF_PROG_ATTACH, attr, attr.length)
}

export const detachProgram = (cgroup: number, program: number, attachType: number): void => {
  const attr = Buffer.from(new Uint32Array([cgroup, program, attachType]).buffer)
  bpf(BPF_PROG_DETACH, attr, attr.length)
}

/** The most programs that the kernel attaches to a cgroup. */
const MAX_PROGRAMS = 64

/** The ids of the programs that are attached to a cgroup itself. */
export const queryPrograms = (cgroup: number, attachType: number): readonly number[] => {
  const ids = new Uint32Array(MAX_PROGRAMS)
  const attr = Buffer.alloc(32)
  attr.writeUInt32LE(cgroup, 0)
  attr.writeUInt32LE(attachType, 4)
  attr.writeBigUInt64LE(ffi.address(ids), 16)
  attr.writeUInt32LE(ids.length, 24)
  bpf(BPF_PROG_QUERY, attr, attr.length)
  return [...ids.subarray(0, attr.readUInt32LE(24))]
}

/** @returns a descriptor, close-on-exec */
export const openProgram = (id: number): number => {
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(id, 0)
  return bpf(BPF_PROG_GET_FD_BY_ID, attr, attr.length)
}

/** The name that a program was loaded with, `struct bpf_prog_info`; empty before Linux 4.15. */
export const programName = (program: number): string => {
  const info = Buffer.alloc(80)
  const attr = Buffer.alloc(16)
  attr.writeUInt32LE(program, 0)
  attr.writeUInt32LE(info.length, 4)
  attr.writeBigUInt64LE(ffi.address(info), 8)
  bpf(BPF_OBJ_GET_INFO_BY_FD, attr, attr.length)
  return info.toString('latin1', 64, 80).replace(/\0.*/s, '')
}
