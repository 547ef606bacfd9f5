/** A pseudoterminal with somebody in front of it: what a person's shell gives the runtime. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { close, write } from '../../lib/sys/file.ts'
import { poll } from '../../lib/sys/signal.ts'
import { openPtyPeer, readSettings, setSize, unlockPty } from '../../lib/sys/terminal.ts'

export class Terminal {
  readonly #master: number
  readonly #slave: number
  #seen = ''

  constructor(rows = 24, columns = 80) {
    this.#master = openSync('/dev/ptmx', 'r+')
    unlockPty(this.#master)
    this.#slave = openPtyPeer(this.#master)
    setSize(this.#master, rows, columns)
  }

  /** A program in a session of its own, with this terminal as the controlling one. */
  spawn(line: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    const stdio = [this.#slave, this.#slave, this.#slave]
    return spawn('setsid', ['-c', '-w', ...line], { stdio, env })
  }

  /** Everything that was printed so far. */
  get seen(): string {
    while (poll([this.#master], 0)[0]) {
      const bytes = Buffer.alloc(65536)
      this.#seen += bytes.toString('utf8', 0, readSync(this.#master, bytes))
    }
    return this.#seen
  }

  /** Waits until it has been printed. @returns whether it was */
  async shows(pattern: RegExp, patience = 8000): Promise<boolean> {
    for (const end = Date.now() + patience; Date.now() < end; await setTimeout(10)) {
      if (pattern.test(this.seen)) return true
    }
    return false
  }

  /** Waits for the end of a program that may write meanwhile. @returns as {@link ended} does */
  async ended(child: ChildProcess): Promise<number> {
    let status: number | undefined
    const end = ended(child).then((number) => (status = number))
    while (status === undefined) {
      void this.seen
      await setTimeout(5)
    }
    return end
  }

  type(text: string): void {
    const bytes = Buffer.from(text)
    write(this.#master, bytes, bytes.length)
  }

  resize(rows: number, columns: number): void {
    setSize(this.#master, rows, columns)
  }

  /** struct termios as text: equal when nothing was changed. */
  get settings(): string {
    return readSettings(this.#slave).toString('hex')
  }

  close(): void {
    close(this.#slave)
    close(this.#master)
  }
}

/** @returns its exit status; 128 + N for signal N as the shell has it, -1 after `patience` milliseconds */
export const ended = async (child: ChildProcess, patience = 15_000): Promise<number> => {
  if (child.exitCode !== null) return child.exitCode
  const late = new AbortController()
  const [status] = await Promise.race([
    once(child, 'exit') as Promise<[number | null]>,
    setTimeout(patience, [-1], { signal: late.signal }),
  ])
  late.abort()
  if (status === -1) child.kill('SIGKILL')
  return status ?? 128
}
