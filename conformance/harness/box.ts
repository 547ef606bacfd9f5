/**
 * A bundle in a directory of its own, and the runtime under test to try it with.
 *
 * Standard streams of the runtime are files, not pipes: what `create` starts keeps them open, and nobody
 * should wait for that.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { defaultConfig, type Config } from './config.ts'
import { leftovers, sweep } from './leftovers.ts'
import { makeRootfs } from './rootfs.ts'
import { until } from './wait.ts'

/** The runtime under test: `RUNTIME`, or ours. */
export const runtime = process.env['RUNTIME'] ?? join(import.meta.dirname, '../../dist/tsrun')

/** In milliseconds. No runtime takes that long unless it hangs. */
const PATIENCE = 20_000

/** What became of a call of the runtime. */
export interface Result {
  /** -1: killed after the timeout. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface CallOptions {
  readonly input?: string
  /** File descriptors for the runtime from 3 on. */
  readonly files?: readonly number[]
  readonly env?: Readonly<Record<string, string>>
  readonly wrap?: readonly string[]
}

let boxes = 0

export class Box {
  readonly id: string
  readonly directory: string
  readonly bundle: string
  readonly rootfs: string
  readonly state: string
  readonly config: Config
  #calls = 0

  constructor() {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'conf-')))
    this.id = `${basename(this.directory)}-${++boxes}`
    this.bundle = join(this.directory, 'bundle')
    this.rootfs = join(this.bundle, 'rootfs')
    this.state = join(this.directory, 'state')
    this.config = defaultConfig(this.id)
    mkdirSync(this.rootfs, { recursive: true })
    makeRootfs(this.rootfs)
  }

  /** Writes config.json as it is now. */
  save(): void {
    writeFileSync(join(this.bundle, 'config.json'), JSON.stringify(this.config, undefined, 2))
  }

  #line(args: readonly string[], wrap: readonly string[]): [string, string[]] {
    const [program, ...rest] = [...wrap, runtime, '--root', this.state, ...args]
    return [program!, rest]
  }

  /** Calls the runtime and waits for it. */
  call(args: readonly string[], options: CallOptions = {}): Result {
    const name = join(this.directory, `call-${++this.#calls}`)
    const [program, rest] = this.#line(args, options.wrap ?? [])
    if (options.input !== undefined) writeFileSync(`${name}.in`, options.input)
    const files = [
      openSync(options.input === undefined ? '/dev/null' : `${name}.in`, 'r'),
      openSync(`${name}.out`, 'w'),
      openSync(`${name}.err`, 'w'),
    ]
    const { status, error } = spawnSync(program, rest, {
      cwd: this.directory,
      stdio: [...files, ...(options.files ?? [])],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...options.env },
    })
    files.forEach((file) => closeSync(file))
    if (error && (error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error
    return {
      status: status ?? -1,
      stdout: readFileSync(`${name}.out`, 'utf8'),
      stderr: readFileSync(`${name}.err`, 'utf8'),
    }
  }

  /** Calls the runtime and does not wait. */
  launch(args: readonly string[], wrap: readonly string[] = []): ChildProcess {
    const [program, rest] = this.#line(args, wrap)
    const out = openSync(join(this.directory, `launch-${++this.#calls}.out`), 'w')
    const child = spawn(program, rest, { cwd: this.directory, stdio: ['ignore', out, out] })
    closeSync(out)
    return child
  }

  /** `run` with the config as it is now. */
  run(options: CallOptions & { readonly flags?: readonly string[] } = {}): Result {
    this.save()
    return this.call(['run', '--bundle', this.bundle, ...(options.flags ?? []), this.id], options)
  }

  /** `run` of a line for the shell. */
  sh(script: string, options: CallOptions & { readonly flags?: readonly string[] } = {}): Result {
    this.config.process.args = ['/bin/sh', '-c', script]
    return this.run(options)
  }

  create(flags: readonly string[] = [], options: CallOptions = {}): Result {
    this.save()
    return this.call(['create', '--bundle', this.bundle, ...flags, this.id], options)
  }

  start(): Result {
    return this.call(['start', this.id])
  }

  delete(...flags: readonly string[]): Result {
    return this.call(['delete', ...flags, this.id])
  }

  kill(...signal: readonly string[]): Result {
    return this.call(['kill', this.id, ...signal])
  }

  /** The state as an object, or undefined where there is no such container. */
  stateNow(): { status: string; pid: number; [key: string]: unknown } | undefined {
    const { status, stdout } = this.call(['state', this.id])
    return status === 0 ? JSON.parse(stdout) : undefined
  }

  /** Waits until the container has this status. @returns whether it came to that */
  becomes(status: string): boolean {
    return until(() => this.stateNow()?.status === status)
  }

  /** Ends the test: @returns what the runtime left behind although it was told to delete everything */
  end(): string[] {
    this.delete('--force')
    const left = leftovers(basename(this.directory), this.state)
    if (left.length > 0) sweep(basename(this.directory))
    rmSync(this.directory, { recursive: true, force: true })
    return left
  }
}
