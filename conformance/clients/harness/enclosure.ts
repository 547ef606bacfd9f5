/**
 * A host within the host, for one client: its own processes, mounts, network, cgroups and host name.
 *
 * A client is a daemon or two, mounts, bridges, cgroups and files all over /etc, /run and /var/lib. Inside, all that
 * is private: whatever happens, the end of the pid namespace kills every process, and the kernel takes the mounts and
 * interfaces away. What stays, the cgroups and one directory, is removed by the keeper, a process that waits for the
 * end of the enclosure or of whoever asked for it. setpriv(1), unshare(1)
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { makeCgroups, removeCgroups } from './cgroups.ts'

/** pid 1 has to reap what daemons leave behind, which Node does not do. */
const REAP = '"$@" & wait $!'

/** `$1` are the directories to enter a part of, the rest is a command line. 0 is whoever writes it. */
const enter = (part: string): string =>
  `for d in $1; do echo 0 > $d${part}/cgroup.procs; done; shift; exec "$@"`

/**
 * The enclosure's processes are in `leader`: below a cgroup with processes v2 has no controllers. In between, who
 * makes the cgroup namespace is in the cgroup that shall be its root.
 */
const inCgroups = (
  directories: readonly string[],
  command: readonly string[],
): readonly string[] => {
  const within = (part: string): readonly string[] => {
    return ['sh', '-ec', enter(part), 'sh', directories.join(' ')]
  }
  return [...within(''), 'unshare', '--cgroup', ...within('/leader'), ...command]
}

const NAMESPACES = ['--mount', '--propagation=private', '--pid', '--ipc', '--uts']

const clean = (directory: string): void => {
  removeCgroups(basename(directory))
  rmSync(directory, { recursive: true, force: true })
}

const keep = async (directory: string, command: readonly string[]): Promise<number> => {
  const name = basename(directory)
  try {
    const network = process.env['CLIENT_NETWORK'] === 'host' ? [] : ['--net']
    const namespaces = [...NAMESPACES, ...network, '--fork', '--kill-child', '--mount-proc']
    const unshare = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces]
    const cgroups = makeCgroups(name)
    const line = [...unshare, 'sh', '-c', REAP, 'sh', ...inCgroups(cgroups, command)]
    const child = spawn('sh', ['-ec', enter('/leader'), 'sh', cgroups.join(' '), ...line], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CLIENT_DIRECTORY: directory },
    })
    const stop = (): void => void child.kill('SIGKILL')
    // Whoever asked for the enclosure holds the other end of this pipe as long as it lives.
    process.stdin.on('end', stop).on('error', stop).resume()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const)
      process.on(signal, stop)
    return await new Promise((done) => child.on('exit', (status) => done(status ?? 1)))
  } finally {
    clean(directory)
  }
}

/** Runs a command line in an enclosure. @returns its status */
export const enclose = async (
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-client-'))
  const args = [...process.execArgv, import.meta.filename, directory, ...command]
  // A session of its own: the terminal's signals are not for the keeper.
  const keeper = spawn(process.execPath, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...env },
  })
  return new Promise((done, fail) => {
    keeper.on('error', fail)
    keeper.on('exit', (status) => {
      // Nothing to do, unless it was the keeper that was killed.
      clean(directory)
      done(status ?? 1)
    })
  })
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await keep(process.argv[2] ?? '', process.argv.slice(3))
  process.stdin.destroy()
}
