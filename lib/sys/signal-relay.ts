/**
 * Signals for the thread that reads them.
 *
 * A signal for the process goes to any thread that has not blocked it, and the engine's helper threads,
 * which are there before our first line runs, block none: SIGTERM would end tsrun instead of being read
 * from its signalfd. A handler passes the signal on to the main thread, where it is blocked and waits. No
 * JavaScript can run in a handler, so it is a few instructions from a memory file.
 */
import { bind } from './bind.ts'
import { close, memfdCreate, write } from './file.ts'
import { MFD_CLOEXEC } from './flags/open.ts'
import { setHandler } from './signal.ts'

/** tgkill(pid, pid, signal): the main thread's id is the process's. */
const x64 = (pid: number): Buffer => {
  const code = Buffer.from(
    [
      '89 fa', //             mov edx, edi
      'bf 00000000', //       mov edi, pid
      'be 00000000', //       mov esi, pid
      'b8 ea 00 00 00', //    mov eax, tgkill
      '0f 05', //             syscall
      'c3', //                ret
    ]
      .join('')
      .replaceAll(' ', ''),
    'hex',
  )
  code.writeUInt32LE(pid, 3)
  code.writeUInt32LE(pid, 8)
  return code
}

const arm64 = (pid: number): Buffer => {
  const words = [
    0x2a0003e2, //                                 mov w2, w0
    0x52800000 | ((pid & 0xffff) << 5), //         movz w0, #pid[15:0]
    0x72a00000 | (((pid >>> 16) & 0xffff) << 5), // movk w0, #pid[31:16], lsl 16
    0x2a0003e1, //                                 mov w1, w0
    0xd2801068, //                                 mov x8, #tgkill
    0xd4000001, //                                 svc #0
    0xd65f03c0, //                                 ret
  ]
  const code = Buffer.alloc(words.length * 4)
  words.forEach((word, i) => code.writeUInt32LE(word >>> 0, i * 4))
  return code
}

const mmap = bind<
  [address: null, length: number, protection: number, flags: number, fd: number, offset: number]
>('int64_t mmap(void *, size_t, int, int, int, long)')
const PROT_READ_EXEC = 5
const MAP_PRIVATE = 2

/** Has each of `signals`, which the main thread must have blocked, go to it. */
export const relayToMainThread = (signals: readonly number[]): void => {
  const code = (process.arch === 'arm64' ? arm64 : x64)(process.pid)
  const file = memfdCreate('tsrun-signals', MFD_CLOEXEC)
  write(file, code, code.length)
  const handler = mmap(null, code.length, PROT_READ_EXEC, MAP_PRIVATE, file, 0)
  close(file)
  for (const signal of signals) setHandler(signal, handler)
}
