/**
 * PARENT. NOTIFY_SOCKET: the program says that it is ready, and systemd hears it. sd_notify(3)
 *
 * systemd takes messages only from processes of its unit, by their pids on the host. So the container gets a
 * socket of ours, in a directory of its state that is bound to /run/notify, and we pass on what comes there:
 *
 *     program ── READY=1 ──▶ <root>/<id>/notify/notify.sock ── tsrun ── READY=1, MAINPID=… ──▶ systemd
 */
import { join } from '../path.ts'
import type { Config, Mount } from '../spec/types.ts'
import { doing } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import type { Lookup } from '../sys/caller.ts'
import { bindDatagrams, connectDatagrams } from '../sys/datagram.ts'
import { sendDescriptor } from '../sys/fd-passing.ts'
import { close, fchmodat, read } from '../sys/file.ts'
import { AT_FDCWD } from '../sys/flags/open.ts'
import { makeDirectory } from '../sys/host.ts'
import { pipe } from '../sys/pipe.ts'
import { pidfdOpen } from '../sys/process.ts'
import { poll } from '../sys/signal.ts'
import { send } from '../sys/socket.ts'
import { NOTIFY_DIRECTORY, NOTIFY_SOCKET, withShortPath } from './state/state.ts'

/** Inside. */
const MOUNTED_AT = '/run/notify'
/** For systemd to say that it has read everything, in milliseconds. */
const BARRIER_PATIENCE = 30_000
const DATAGRAM_SIZE = 4096

/** Where systemd listens: a path or `@…`; undefined when nobody wants to know. */
export const notifyHost = (variable: Lookup): string | undefined =>
  variable('NOTIFY_SOCKET') || undefined

/** @param directory of the container's state */
const notifyMount = (directory: string): Mount => ({
  destination: MOUNTED_AT,
  type: 'bind',
  source: join(directory, NOTIFY_DIRECTORY),
  options: ['bind', 'nosuid', 'noexec', 'nodev', 'ro'],
})

/** The config with the socket in it. */
export const withNotifySocket = (config: Config, directory: string): Config => ({
  ...config,
  mounts: [...(config.mounts ?? []), notifyMount(directory)],
  ...(config.process && {
    process: {
      ...config.process,
      env: [...(config.process.env ?? []), `NOTIFY_SOCKET=${MOUNTED_AT}/${NOTIFY_SOCKET}`],
    },
  }),
})

/** At `create`: what the mount shows. @param directory of the container's state */
export const makeNotifyDirectory = (directory: string): void =>
  makeDirectory(join(directory, NOTIFY_DIRECTORY), 0o755)

/** At `start`, before the program runs. @returns undefined for a container that was made without */
export const listenForReady = (directory: string): number | undefined => {
  const path = join(directory, NOTIFY_DIRECTORY)
  try {
    return withShortPath(path, NOTIFY_SOCKET, (socket) => {
      const file = bindDatagrams(socket)
      // The program may be any user.
      fchmodat(AT_FDCWD, socket, 0o777, 0)
      return file
    })
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** The line that says so, of one datagram: nothing else is passed on. */
export const readyLine = (datagram: string): string | undefined =>
  datagram.split('\n').find((line) => line.startsWith('READY='))

const receive = (socket: number): string => {
  const bytes = Buffer.alloc(DATAGRAM_SIZE)
  return bytes.toString('utf8', 0, read(socket, bytes, bytes.length))
}

/** systemd closes the descriptor when it has read what came before it: else it might look for a tsrun that is gone. */
const awaitBarrier = (host: number, patience: number): void => {
  const [reader, writer] = pipe()
  sendDescriptor(host, writer, 'BARRIER=1')
  close(writer)
  poll([reader], patience)
  close(reader)
}

/** @param mainPid of the container's program, when tsrun itself does not stay */
const tellHost = (
  name: string,
  ready: string,
  mainPid: number | undefined,
  patience: number,
): void => {
  const host = connectDatagrams(name)
  try {
    send(host, Buffer.from(`${ready}\n`))
    if (mainPid === undefined) return
    send(host, Buffer.from(`MAINPID=${mainPid}\n`))
    awaitBarrier(host, patience)
  } finally {
    close(host)
  }
}

/**
 * Passes on what has arrived, for who polls `socket` among others.
 * @returns whether the program is ready; there is nothing more to wait for then
 */
export const relayReady = (
  socket: number,
  name: string,
  mainPid?: number,
  patience = BARRIER_PATIENCE,
): boolean => {
  const ready = readyLine(receive(socket))
  if (ready === undefined) return false
  doing(`tell ${name} that the container is ready`, () => tellHost(name, ready, mainPid, patience))
  return true
}

/** Waits until the program is ready or has ended. @param pidfd of the program */
export const awaitReady = (
  socket: number,
  pidfd: number,
  name: string,
  pid: number,
  patience?: number,
): void => {
  for (;;) {
    const [arrived, ended] = poll([socket, pidfd], -1)
    if (arrived && relayReady(socket, name, pid, patience)) return
    if (ended && !arrived) return
  }
}

/** What there is to do for who wants to know when a program is ready. */
export interface Readiness {
  readonly socket: number
  /** For who stays: passes on what has arrived. @returns whether that was all */
  readonly relay: () => boolean
  /** For who leaves: waits for it, and tells who the main process is. */
  readonly wait: () => void
}

/**
 * To be called before the program runs.
 * @param pid of its process
 * @returns undefined where nobody wants to know
 */
export const watchReadiness = (
  variable: Lookup,
  directory: string,
  pid: number,
): Readiness | undefined => {
  const host = notifyHost(variable)
  const socket = host === undefined ? undefined : listenForReady(directory)
  if (host === undefined || socket === undefined) return undefined
  const pidfd = pidfdOpen(pid, 0)
  return {
    socket,
    relay: () => relayReady(socket, host),
    wait: () => awaitReady(socket, pidfd, host, pid),
  }
}
