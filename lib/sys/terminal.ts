/** Terminals and pseudoterminals: ioctl_tty(2), termios(3), pty(7). */
import { bind, fd } from './bind.ts'
import { O_CLOEXEC, O_NOCTTY, O_RDWR } from './flags/open.ts'

const print = [fd, (request: number) => `0x${request.toString(16)}`]
const ioctl = bind<[fd: number, request: number, argument: Uint8Array | null]>(
  'int ioctl(int, ulong, void *)',
  { print },
)
const ioctlNumber = bind<[fd: number, request: number, argument: number]>(
  'int ioctl(int, ulong, long)',
  { print },
)

const TCGETS = 0x5401
const TCSETS = 0x5402
const TIOCSCTTY = 0x540e
const TIOCGWINSZ = 0x5413
const TIOCSWINSZ = 0x5414
const TIOCGPTN = 0x80045430
const TIOCSPTLCK = 0x40045431
const TIOCGPTPEER = 0x5441

/** The kernel's struct termios, as it was read. */
export type Settings = Buffer

/** @throws SyscallError ENOTTY for what is no terminal */
export const readSettings = (terminal: number): Settings => {
  const settings = Buffer.alloc(64)
  ioctl(terminal, TCGETS, settings)
  return settings
}

export const writeSettings = (terminal: number, settings: Settings): void =>
  void ioctl(terminal, TCSETS, settings)

export const isTerminal = (file: number): boolean => {
  try {
    readSettings(file)
    return true
  } catch {
    return false
  }
}

/** Offsets in struct termios. */
const IFLAG = 0
const OFLAG = 4
const CFLAG = 8
const LFLAG = 12
const CONTROL_CHARACTERS = 17
const VTIME = 5
const VMIN = 6

/** IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON */
const INPUT = 0o1 | 0o2 | 0o10 | 0o40 | 0o100 | 0o200 | 0o400 | 0o2000
/** ISIG, ICANON, ECHO, ECHONL, IEXTEN */
const LOCAL = 0o1 | 0o2 | 0o10 | 0o100 | 0o100000
const CSIZE = 0o60
const CS8 = 0o60
const PARENB = 0o400
const ONLCR = 0o4

const clear = (settings: Settings, offset: number, bits: number): void =>
  void settings.writeUInt32LE((settings.readUInt32LE(offset) & ~bits) >>> 0, offset)

/** cfmakeraw(3), with output processing left on: newlines from the other terminal come bare. */
export const rawSettings = (settings: Settings): Settings => {
  const raw = Buffer.from(settings)
  clear(raw, IFLAG, INPUT)
  clear(raw, LFLAG, LOCAL)
  clear(raw, CFLAG, CSIZE | PARENB)
  raw.writeUInt32LE((raw.readUInt32LE(CFLAG) | CS8) >>> 0, CFLAG)
  raw[CONTROL_CHARACTERS + VMIN] = 1
  raw[CONTROL_CHARACTERS + VTIME] = 0
  return raw
}

/** A newline stays one: the user's terminal adds the carriage return. */
export const keepNewlines = (terminal: number): void => {
  const settings = readSettings(terminal)
  clear(settings, OFLAG, ONLCR)
  writeSettings(terminal, settings)
}

export const makeControlling = (terminal: number): void => void ioctl(terminal, TIOCSCTTY, null)

/** rows, columns and two words of pixels, 16 bits each. */
const readSize = (terminal: number): Buffer => {
  const size = Buffer.alloc(8)
  ioctl(terminal, TIOCGWINSZ, size)
  return size
}
export const copySize = (from: number, to: number): void =>
  void ioctl(to, TIOCSWINSZ, readSize(from))
export const setSize = (terminal: number, rows: number, columns: number): void => {
  const size = Buffer.alloc(8)
  size.writeUInt16LE(rows, 0)
  size.writeUInt16LE(columns, 2)
  ioctl(terminal, TIOCSWINSZ, size)
}

/** @returns the number in its devpts: N of /dev/pts/N */
export const unlockPty = (master: number): number => {
  ioctl(master, TIOCSPTLCK, Buffer.alloc(4))
  const number = Buffer.alloc(4)
  ioctl(master, TIOCGPTN, number)
  return number.readUInt32LE(0)
}

/** The other end, without a path: whatever lies at /dev/pts/N does not matter. Linux 4.13. */
export const openPtyPeer = (master: number): number =>
  ioctlNumber(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)
