/**
 * The bench's programs, as static ELF files of two hundred bytes: nothing has to be installed for them,
 * and they cost next to nothing, so that what is measured is the runtime.
 *
 * - `true` exits with 0, `wait` waits for a signal;
 * - `timed COMMAND…` runs a command and writes what {@link readTimed} reads to descriptor 3. Node cannot
 *   do this itself: its own start of a process takes milliseconds, it has no wait4(2), and a child that
 *   it starts is charged with Node's own peak memory.
 */
export interface Programs {
  readonly true: Buffer
  readonly wait: Buffer
  readonly timed: Buffer
}

const BASE = 0x400000
const HEADERS = 64 + 56

const elf = (machine: number, code: Buffer): Buffer => {
  const bytes = Buffer.alloc(HEADERS)
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(2, 16) // ET_EXEC
  bytes.writeUInt16LE(machine, 18)
  bytes.writeUInt32LE(1, 20)
  bytes.writeUInt32LE(BASE + HEADERS, 24) // entry
  bytes.writeUInt32LE(64, 32) // program headers
  bytes.writeUInt16LE(64, 52)
  bytes.writeUInt16LE(56, 54)
  bytes.writeUInt16LE(1, 56)
  bytes.writeUInt32LE(1, 64) // PT_LOAD
  bytes.writeUInt32LE(5, 68) // read, execute
  bytes.writeUInt32LE(BASE, 80)
  bytes.writeUInt32LE(BASE, 88)
  bytes.writeUInt32LE(HEADERS + code.length, 96)
  bytes.writeUInt32LE(HEADERS + code.length, 104)
  bytes.writeUInt32LE(0x1000, 112)
  return Buffer.concat([bytes, code])
}

const x64 = (...hex: readonly string[]): Buffer =>
  elf(62, Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'))

const arm64 = (...calls: readonly (number | readonly number[])[]): Buffer => {
  const words = calls.flat()
  const code = Buffer.alloc(words.length * 4)
  words.forEach((word, i) => code.writeUInt32LE(word >>> 0, i * 4))
  return elf(183, code)
}

const forX64 = (): Programs => ({
  true: x64('31 ff', 'b8 e7000000', '0f 05'), // exit_group(0)
  wait: x64('b8 22000000', '0f 05', 'eb f7'), // for (;;) pause()
  timed: x64(
    '48 89 e3', //           mov rbx, rsp
    '48 81 ec c0000000', //  sub rsp, 192
    'bf 01000000', //        clock_gettime(CLOCK_MONOTONIC, rsp + 8)
    '48 8d 74 24 08',
    'b8 e4000000',
    '0f 05',
    'b8 39000000', //        fork()
    '0f 05',
    '85 c0',
    '74 41', //              jz child
    '89 c7', //              wait4(pid, rsp, 0, rsp + 40)
    '48 89 e6',
    '31 d2',
    '4c 8d 54 24 28',
    'b8 3d000000',
    '0f 05',
    'bf 01000000', //        clock_gettime(CLOCK_MONOTONIC, rsp + 24)
    '48 8d 74 24 18',
    'b8 e4000000',
    '0f 05',
    'bf 03000000', //        write(3, rsp, 184)
    '48 89 e6',
    'ba b8000000',
    'b8 01000000',
    '0f 05',
    '31 ff', //              exit_group(0)
    'b8 e7000000',
    '0f 05',
    'bf 03000000', //        child: close(3)
    'b8 03000000',
    '0f 05',
    '48 8b 7b 10', //        execve(argv[1], argv + 1, envp)
    '48 8d 73 10',
    '48 8b 03',
    '48 8d 54 c3 10',
    'b8 3b000000',
    '0f 05',
    'bf 7f000000', //        exit_group(127)
    'b8 e7000000',
    '0f 05',
  ),
})

const SVC = 0xd4000001

/** The sp is register 31 here. */
const set = (register: number, value: number): number => 0xd2800000 | (value << 5) | register
const add = (to: number, from: number, value: number): number =>
  0x91000000 | (value << 10) | (from << 5) | to

const forArm64 = (): Programs => ({
  true: arm64(set(0, 0), set(8, 94), SVC), // exit_group(0)
  // for (;;) ppoll(NULL, 0, NULL, NULL, 0)
  wait: arm64(set(0, 0), set(1, 0), set(2, 0), set(3, 0), set(4, 0), set(8, 73), SVC, 0x17fffff9),
  timed: arm64(
    add(19, 31, 0), //             mov x19, sp
    0xd10303ff, //                 sub sp, sp, #192
    [set(0, 1), add(1, 31, 8), set(8, 113), SVC], // clock_gettime(CLOCK_MONOTONIC, sp + 8)
    [set(0, 17), set(1, 0), set(2, 0), set(3, 0), set(4, 0), set(8, 220), SVC], // clone(SIGCHLD)
    0xb4000260, //                 cbz x0, child
    [add(1, 31, 0), set(2, 0), add(3, 31, 40), set(8, 260), SVC], // wait4(pid, sp, 0, sp + 40)
    [set(0, 1), add(1, 31, 24), set(8, 113), SVC], // clock_gettime(CLOCK_MONOTONIC, sp + 24)
    [set(0, 3), add(1, 31, 0), set(2, 184), set(8, 64), SVC], // write(3, sp, 184)
    [set(0, 0), set(8, 94), SVC, 0], // exit_group(0)
    [set(0, 3), set(8, 57), SVC], // child: close(3)
    0xf9400a60, //                 ldr x0, [x19, #16]
    add(1, 19, 16),
    0xf9400263, //                 ldr x3, [x19]
    0x8b030c22, //                 add x2, x1, x3, lsl #3
    [set(8, 221), SVC], //      execve(argv[1], argv + 1, envp)
    [set(0, 127), set(8, 94), SVC], // exit_group(127)
  ),
})

export const programsFor = (arch: string): Programs => (arch === 'arm64' ? forArm64() : forX64())

export interface Timed {
  readonly ms: number
  /** The largest resident set among the command and what it waited for. */
  readonly peakKiB: number
  readonly exitStatus: number
}

/** wait(2) status, two struct timespec, struct rusage. */
export const readTimed = (bytes: Buffer): Timed => {
  if (bytes.length !== 184) throw new Error(`the timing program wrote ${bytes.length} bytes`)
  const nanoseconds = (at: number): bigint =>
    bytes.readBigInt64LE(at) * 1_000_000_000n + bytes.readBigInt64LE(at + 8)
  const status = bytes.readUInt32LE(0)
  return {
    ms: Number(nanoseconds(24) - nanoseconds(8)) / 1e6,
    peakKiB: Number(bytes.readBigInt64LE(40 + 32)),
    exitStatus: (status & 0x7f) === 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f),
  }
}
