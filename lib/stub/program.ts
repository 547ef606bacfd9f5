/**
 * What the stub does last, until it is the program. Pure.
 *
 * Descriptors are at known numbers, so no call needs another's result: above the program's own (three and
 * the preserved ones) stands the line to tsrun, and after it the socket that `start` connects to. When
 * the line is closed its number is the lowest free one, and accept4(2) returns it: failures before and
 * after are reported to the same number.
 *
 * The container of `run` needs no second command to start it: its line is kept, and `go` is the start.
 */
import { FD_CLOEXEC, F_SETFD } from '../sys/flags/open.ts'
import { PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { SIGHUP, SIGINT, SIGTERM } from '../sys/flags/signal.ts'
import { READY } from '../sync/channel.ts'
import type { StubCall } from './table.ts'

export interface StubPlan {
  /** Descriptors from 3 on that the program gets. */
  readonly preservedFds: number
  /** Whether the stub waits for another command, `start`. */
  readonly waitsForStart: boolean
  /** Nobody is where it is but who made it, and may have to follow it there without being root. */
  readonly isTraceable?: boolean
  /** What makes the process what it shall be: labels, groups, ids, capabilities. */
  readonly become: readonly StubCall[]
  /** What must come after everything else and before the program: seccomp. */
  readonly last: readonly StubCall[]
}

export const lineFd = ({ preservedFds }: Pick<StubPlan, 'preservedFds'>): number => 3 + preservedFds
const listenerFd = ({ preservedFds }: StubPlan): number => 4 + preservedFds
/** The highest number that is still needed. */
export const topFd = (plan: StubPlan): number =>
  plan.waitsForStart ? listenerFd(plan) : lineFd(plan)

const MSG_NOSIGNAL = 0x4000
/** recv(2): return the packet's real length, here to a call that has no buffer. */
const MSG_TRUNC = 0x20
const SOCK_CLOEXEC = 0o2000000

/** As process 1 of its namespace it would not notice these; `kill` of a created container shall work. */
const dieOn = (signal: number): StubCall => ({
  call: 'rt_sigaction',
  args: [signal, { handler: 'die' }, 0, 8],
  doing: `handle signal ${signal}`,
})

/** A descriptor that survived the stub's execve must not survive the program's. */
const closeOnExec = (fd: number): StubCall => ({
  call: 'fcntl',
  args: [fd, F_SETFD, FD_CLOEXEC],
  doing: 'hide a socket from the program',
})

const awaitStart = (plan: StubPlan): readonly StubCall[] => [
  { call: 'close', args: [lineFd(plan)], doing: 'close the line to tsrun' },
  closeOnExec(listenerFd(plan)),
  { call: 'accept4', args: [listenerFd(plan), 0, 0, SOCK_CLOEXEC], doing: 'wait for start' },
]

/** @param exec the execve(2) calls of the program */
export const stubProgram = (plan: StubPlan, exec: readonly StubCall[]): readonly StubCall[] => {
  const line = lineFd(plan)
  return [
    ...plan.become,
    // Nobody in the container may trace what is still tsrun's (CVE-2016-9962); the program's execve ends that.
    {
      call: 'prctl',
      args: [PR_SET_DUMPABLE, plan.isTraceable ? 1 : 0],
      doing: 'become undumpable',
    },
    ...[SIGHUP, SIGINT, SIGTERM].map(dieOn),
    {
      call: 'sendto',
      args: [line, { bytes: READY }, READY.length, MSG_NOSIGNAL, 0, 0],
      doing: 'report that the container is ready',
    },
    // Nothing arrives when tsrun was killed: a container that nobody knows of must not wait for ever.
    { call: 'recvfrom', args: [line, 0, 0, MSG_TRUNC], doing: 'wait for tsrun', endOnZero: true },
    ...(plan.waitsForStart ? awaitStart(plan) : [closeOnExec(line)]),
    ...plan.last,
    ...exec,
  ]
}
