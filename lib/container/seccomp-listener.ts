/**
 * PARENT. Takes the seccomp listener from the waiting stub and sends it to whoever decides on the calls.
 * Spec: config-linux.md, "The Container Process State". seccomp_unotify(2)
 */
import { Failure, doing } from '../failure.ts'
import { listenedTo } from '../linux/seccomp/plan.ts'
import type { Config } from '../spec/types.ts'
import { close } from '../sys/file.ts'
import { sendDescriptor } from '../sys/fd-passing.ts'
import { listDirectory, readLink } from '../sys/host.ts'
import { pidfdGetfd } from '../sys/pidfd.ts'
import { pidfdOpen } from '../sys/process.ts'
import { connectTo } from '../sys/socket.ts'
import { stateText } from './state/text.ts'
import type { ContainerState, Status } from './state/state.ts'

const AT = { pointer: '/linux/seccomp/listenerPath' }

/** By name and not by number: which was free depends on what was preserved. */
const findListener = (pid: number): number => {
  const found = listDirectory(`/proc/${pid}/fd`).find((name) =>
    readLink(`/proc/${pid}/fd/${name}`).startsWith('anon_inode:seccomp notify'),
  )
  if (found === undefined) throw new Failure('the container has no seccomp listener')
  return Number(found)
}

const takeListener = (pid: number): number => {
  const pidfd = pidfdOpen(pid, 0)
  try {
    return pidfdGetfd(pidfd, findListener(pid))
  } finally {
    close(pidfd)
  }
}

const send = (path: string, listener: number, text: string): void => {
  const socket = doing(`failed to connect with seccomp agent at ${path}`, () => connectTo(path), AT)
  try {
    doing(`send the seccomp listener to ${path}`, () => sendDescriptor(socket, listener, text), AT)
  } finally {
    close(socket)
  }
}

/**
 * @param pid of the process with the filter
 * @param status of the container meanwhile
 * @returns what to do when the stub says that it waits; nothing for a filter without a listener
 */
export const listenerHandOver = (
  config: Config,
  state: ContainerState,
  pid = state.init.pid,
  status: Status = 'created',
): (() => void) | undefined => {
  const seccomp = listenedTo(config)
  if (!seccomp) return undefined
  const { listenerPath = '', listenerMetadata } = seccomp
  return () => {
    const listener = takeListener(pid)
    const text = JSON.stringify({
      ociVersion: state.ociVersion,
      fds: ['seccompFd'],
      pid,
      ...(listenerMetadata !== undefined && { metadata: listenerMetadata }),
      state: JSON.parse(stateText(state, status)) as unknown,
    })
    try {
      send(listenerPath, listener, text)
    } finally {
      close(listener)
    }
  }
}
