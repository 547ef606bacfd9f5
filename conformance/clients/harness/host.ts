/**
 * What a client's steps work with: shell lines, daemons, files as the documentation has them. Runs in the enclosure.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface LineOptions {
  /** In milliseconds. */
  readonly patience?: number
  readonly env?: Readonly<Record<string, string>>
  /** Name of the user to be. */
  readonly user?: string
}

/** What shall have come of a line; by default a status of 0. */
export interface Expected extends LineOptions {
  readonly status?: number | 'not 0'
  readonly stdout?: RegExp | string
  readonly stderr?: RegExp
}

/** A subtest of TAP. */
const say = (text: string): void => console.log(text.replace(/^/gm, '    '))

/** In milliseconds: no step of a client takes that long unless it hangs. */
const PATIENCE = 60_000

/** What differs between the enclosure on this machine and a virtual machine. */
export interface Place {
  /** systemd is pid 1 and makes the cgroups, of which there is v2 alone. */
  readonly systemd: boolean
  /** How much longer than here everything may take. */
  readonly slowness: number
  /** How many containers are run at a time. */
  readonly crowd: number
}

/**
 * What a line of the user's leaves behind is not the service's in which it runs, and so does not end with that; nor
 * shall it take itself for that service. systemd-run(1)
 */
const OUTLIVE: readonly string[] =
  'systemd-run --user --scope --quiet --collect --property=Delegate=yes env --unset=INVOCATION_ID'.split(
    ' ',
  )

const HERE: Place = { systemd: false, slowness: 1, crowd: 20 }

/** What a user's session has in its environment. */
const session = (user: string): Readonly<Record<string, string>> => ({
  HOME: `/home/${user}`,
  USER: user,
  XDG_RUNTIME_DIR: `/run/user/${user}`,
})

export class Host {
  readonly directory: string
  readonly systemd: boolean
  readonly crowd: number
  readonly #slowness: number
  #lines = 0
  #steps = 0
  #failed = 0
  readonly #daemons = new Map<string, ChildProcess>()

  constructor(directory: string, { systemd, slowness, crowd }: Place = HERE) {
    this.directory = directory
    this.systemd = systemd
    this.crowd = crowd
    this.#slowness = slowness
  }

  /** @returns what runs the arguments that follow as that user */
  #become(user: string): readonly string[] {
    if (this.systemd) return [`as-${user}`, ...OUTLIVE]
    return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups']
  }

  /** Runs a line of shell. Its output goes through files: who inherits it may live longer than the line. */
  async sh(
    line: string,
    { patience = PATIENCE, env = {}, user }: LineOptions = {},
  ): Promise<Outcome> {
    const name = join(this.directory, `line-${++this.#lines}`)
    const become = user === undefined ? [] : this.#become(user)
    const [program = '', ...args] = [...become, 'sh', '-c', line]
    const out = openSync(`${name}.out`, 'w')
    const error = openSync(`${name}.err`, 'w')
    const child = spawn(program, args, {
      cwd: user === undefined ? this.directory : `/home/${user}`,
      stdio: ['ignore', out, error],
      env: { ...process.env, ...(user === undefined ? {} : session(user)), ...env },
      timeout: patience * this.#slowness,
      killSignal: 'SIGKILL',
    })
    closeSync(out)
    closeSync(error)
    const status = await new Promise<number>((done, fail) => {
      child.on('error', fail)
      child.on('exit', (code) => done(code ?? -1))
    })
    const [stdout, stderr] = [
      readFileSync(`${name}.out`, 'utf8'),
      readFileSync(`${name}.err`, 'utf8'),
    ]
    return { status, stdout, stderr }
  }

  /** @throws what came instead of what is expected. @returns what it printed */
  async expect(
    line: string,
    { status = 0, stdout, stderr, ...options }: Expected = {},
  ): Promise<string> {
    const outcome = await this.sh(line, options)
    const wrong =
      (status === 'not 0' ? outcome.status === 0 : outcome.status !== status) ||
      (typeof stdout === 'string'
        ? outcome.stdout !== stdout
        : stdout?.test(outcome.stdout) === false) ||
      stderr?.test(outcome.stderr) === false
    if (!wrong) return outcome.stdout
    throw new Error(
      [
        line,
        `status ${outcome.status}, expected ${status}`,
        `stdout: ${outcome.stdout.slice(-2000)}`,
        ...(stdout === undefined ? [] : [`expected: ${stdout}`]),
        `stderr: ${outcome.stderr.slice(-2000)}`,
        ...(stderr === undefined ? [] : [`expected: ${stderr}`]),
      ].join('\n'),
    )
  }

  /** One line of TAP. A step that fails does not keep the others from being tried. */
  async step(name: string, body: () => Promise<unknown>): Promise<void> {
    const start = performance.now()
    let failure: Error | undefined
    try {
      await body()
    } catch (error) {
      failure = error as Error
      this.#failed++
    }
    const word = failure === undefined ? 'ok' : 'not ok'
    const time = (performance.now() - start).toFixed(0)
    say(`${word} ${++this.#steps} - ${name} # time=${time}ms`)
    if (failure !== undefined) say(failure.message.trimEnd().replace(/^/gm, '#   '))
  }

  skip(name: string, why: string): void {
    say(`ok ${++this.#steps} - ${name} # SKIP ${why}`)
  }

  /** The plan, last. @returns whether every step went well */
  end(): boolean {
    say(`1..${this.#steps}`)
    return this.#failed === 0
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** Starts a daemon and waits until `ready`, a line of shell, succeeds. */
  async daemon(line: string, ready: string): Promise<void> {
    const name = line.split(' ')[0] ?? line
    const log = openSync(join(this.directory, `${name}.log`), 'a')
    const child = spawn('sh', ['-c', `exec ${line}`], { stdio: ['ignore', log, log] })
    closeSync(log)
    child.unref()
    this.#daemons.set(name, child)
    await this.until(ready, `${name} is ready`).catch((error: unknown) => {
      const text = readFileSync(join(this.directory, `${name}.log`), 'utf8')
      throw new Error(`${(error as Error).message}\n${text.slice(-3000)}`)
    })
  }

  /** Ends a daemon and waits for that. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#daemons.get(name)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const gone = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await gone
  }

  /** Waits until a line of shell succeeds. */
  async until(
    line: string,
    what: string,
    patience = 20_000,
    options: LineOptions = {},
  ): Promise<void> {
    const end = performance.now() + patience * this.#slowness
    for (;;) {
      const { status, stderr } = await this.sh(line, options)
      if (status === 0) return
      if (performance.now() > end) throw new Error(`not in time: ${what}\n${line}\n${stderr}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }
}

/** So many at a time. @throws the first failure, after all have ended */
export const together = async (
  count: number,
  body: (index: number) => Promise<unknown>,
): Promise<void> => {
  const all = await Promise.allSettled(Array.from({ length: count }, (_, index) => body(index)))
  const failed = all.filter((one) => one.status === 'rejected')
  if (failed.length === 0) return
  throw new Error(`${failed.length} of ${count} failed, the first:\n${failed[0]!.reason.message}`)
}
