/**
 * PARENT. The user's end of a container's terminal, while tsrun stays in the foreground.
 *
 * The process makes the terminal and sends its master here, over a socket pair that looks to it like
 * anybody's console socket. The user's own terminal becomes raw, so that keys go through untouched, and
 * is what it was before, whatever happens.
 */
import { Failure, doing } from '../failure.ts'
import { dirname, basename, resolve } from '../path.ts'
import { close, openat } from '../sys/file.ts'
import { receiveDescriptor } from '../sys/fd-passing.ts'
import { AT_FDCWD, O_NOCTTY, O_RDWR } from '../sys/flags/open.ts'
import { connectTo, socketpair } from '../sys/socket.ts'
import {
  copySize,
  isTerminal,
  keepNewlines,
  rawSettings,
  readSettings,
  writeSettings,
  type Settings,
} from '../sys/terminal.ts'
import { withShortPath } from './state/state.ts'

/** Any of the standard streams that is a terminal, or the one that controls us. */
const findOwn = (): number => {
  const stream = [0, 1, 2].find(isTerminal)
  if (stream !== undefined) return stream
  return doing(
    "find the user's terminal: open /dev/tty",
    () => openat(AT_FDCWD, '/dev/tty', O_RDWR | O_NOCTTY),
    {
      hint: 'run it in a terminal, or set process.terminal to false, or detach with --console-socket',
    },
  )
}

export class Console {
  readonly #own: number
  readonly #before: Settings
  readonly #socket: number
  /** Where the process sends the master. */
  readonly childSocket: number
  /** Our end of the container's terminal. */
  master: number | undefined

  constructor(own: number) {
    this.#own = own
    this.#before = readSettings(own)
    const [socket, childSocket] = socketpair()
    this.#socket = socket
    this.childSocket = childSocket
  }

  /** Takes the master that has been sent; from here on the user's terminal is raw. */
  receive(): void {
    this.master = receiveDescriptor(this.#socket)
    close(this.#socket)
    if (this.master === undefined) throw new Failure('the container sent no terminal')
    keepNewlines(this.master)
    this.resize()
    writeSettings(this.#own, rawSettings(this.#before))
  }

  /** The container's terminal becomes as large as the user's. */
  resize(): void {
    if (this.master !== undefined) copySize(this.#own, this.master)
  }

  restore(): void {
    writeSettings(this.#own, this.#before)
  }
}

/** @throws Failure where the user has no terminal */
export const openConsole = (): Console => new Console(findOwn())

/** The socket that the terminal is sent to: somebody's at `path`, or ours. */
export const connectConsole = (path: string | undefined, console?: Console): number => {
  if (path === undefined) {
    if (console) return console.childSocket
    throw new Failure('no console socket')
  }
  const absolute = resolve(path)
  return doing(`connect to console socket ${path}`, () =>
    withShortPath(dirname(absolute), basename(absolute), connectTo),
  )
}
