/** PARENT. Carries bytes between our standard streams and a container's terminal. */
import { hasCode } from '../sys/error.ts'
import { read, write } from '../sys/file.ts'
import { poll } from '../sys/signal.ts'

const SIZE = 32768

const writeAll = (file: number, bytes: Buffer): void => {
  for (let done = 0; done < bytes.length;) {
    try {
      const rest = bytes.subarray(done)
      done += write(file, rest, rest.length)
    } catch (error) {
      if (!hasCode(error, 'EAGAIN')) throw error
      poll([], 1)
    }
  }
}

export class Relay {
  readonly #master: number
  readonly #buffer = Buffer.alloc(SIZE)
  readonly #open: Set<number>

  constructor(master: number) {
    this.#master = master
    this.#open = new Set([0, master])
  }

  /** Those from which something may come. */
  get files(): readonly number[] {
    return [...this.#open]
  }

  /** Carries on what `from` has; a side that has ended is not asked again. */
  move(from: number): void {
    try {
      const size = read(from, this.#buffer, SIZE)
      if (size === 0) this.#open.delete(from)
      else writeAll(from === this.#master ? 1 : this.#master, this.#buffer.subarray(0, size))
    } catch (error) {
      // EIO: nobody holds the other end of the terminal any more. EPIPE: nobody reads our output.
      if (!hasCode(error, 'EIO', 'EPIPE', 'EBADF')) throw error
      this.#open.delete(from)
    }
  }

  /** What the program wrote before it ended. */
  drain(): void {
    while (this.#open.has(this.#master) && poll([this.#master], 0)[0]) this.move(this.#master)
  }
}
