/**
 * Opens a source in the container's root when the mounts before it are made, which is when it is what
 * config.json means. Only the container sees those mounts, and only the host has the privilege. Parent.
 *
 * So a process of the host's joins the container's mount namespace, opens what is asked for, and hands over
 * the descriptor by a unix socket.
 */
import { endStub, spawnStub } from '../../stub/spawn.ts'
import type { StubProcess } from '../../stub/process.ts'
import { inside, outside, type Elsewhere } from '../../sys/elsewhere.ts'
import { receiveDescriptorElsewhere, sendDescriptor } from '../../sys/fd-passing.ts'
import { close } from '../../sys/file.ts'
import { CLONE_NEWNS, PR_SET_DUMPABLE } from '../../sys/flags/process.ts'
import { pidfdGetfd } from '../../sys/pidfd.ts'
import { pidfdOpen, prctl, setns } from '../../sys/process.ts'
import { socketpair } from '../../sys/socket.ts'

/** Descriptors of the process that opens. */
const LINE_FD = 3
const CONTAINER_FD = 4
const SOCKET_FD = 5

/** @param socket of the container's */
const spawnOpener = ({ pid }: Elsewhere, socket: number): StubProcess => {
  const container = pidfdOpen(pid, 0)
  const theirs = pidfdGetfd(container, socket)
  try {
    const files = [
      [CONTAINER_FD, container],
      [SOCKET_FD, theirs],
    ] as const
    return spawnStub(LINE_FD, new Map(files))
  } finally {
    close(theirs)
    close(container)
  }
}

/**
 * Inside `container`.
 * @param open what to open, in its mount namespace and with our privilege
 * @returns the container's descriptor of it
 */
export const openBetweenMounts = (container: Elsewhere, open: () => number): number => {
  const [ours, theirs] = socketpair()
  const opener = outside(() => spawnOpener(container, theirs))
  try {
    inside(opener, () => {
      // Whoever is in a namespace that the container joins must not trace it (CVE-2016-9962).
      prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
      setns(CONTAINER_FD, CLONE_NEWNS)
      sendDescriptor(SOCKET_FD, open(), '.')
    })
    return receiveDescriptorElsewhere(ours)
  } finally {
    outside(() => endStub(opener))
    close(theirs)
    close(ours)
  }
}
