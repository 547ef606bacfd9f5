/**
 * What the stub does, from its execve to the program's. Pure.
 *
 * Descriptors are at known numbers, so no call needs another's result: above the program's own (three and
 * the preserved ones) stand the socket that `start` connects to and then the line to tsrun. When that line
 * is closed its number is the lowest free one, and accept4(2) returns it: failures before and after are
 * reported to the same number.
 */
import { FD_CLOEXEC, F_SETFD } from '../sys/flags/open.ts'
import { SIGHUP, SIGINT, SIGTERM } from '../sys/flags/signal.ts'
import { PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { READY } from '../sync/channel.ts'
import type { StubCall } from './table.ts'

export interface StubPlan {
  /** Descriptors from 3 on that the program gets. */
  readonly preservedFds: number
  /** What makes the process what it shall be: labels, groups, ids, capabilities. */
  readonly become: readonly StubCall[]
  /** What must come after everything else and before the program: seccomp. */
  readonly last: readonly StubCall[]
}

export const listenerFd = ({ preservedFds }: StubPlan): number => 3 + preservedFds
export const lineFd = ({ preservedFds }: StubPlan): number => 4 + preservedFds

const MSG_NOSIGNAL = 0x4000
const SOCK_CLOEXEC = 0o2000000

/** As process 1 of its namespace it would not notice these; `kill` of a created container shall work. */
const dieOn = (signal: number): StubCall => ({
  call: 'rt_sigaction',
  args: [signal, { handler: 'die' }, 0, 8],
  doing: `handle signal ${signal}`,
})

/** @param exec the execve(2) calls of the program */
export const stubProgram = (plan: StubPlan, exec: readonly StubCall[]): readonly StubCall[] => {
  const line = lineFd(plan)
  return [
    ...plan.become,
    // Nobody in the container may trace what is still tsrun's (CVE-2016-9962); the program's execve ends that.
    { call: 'prctl', args: [PR_SET_DUMPABLE, 0], doing: 'become undumpable' },
    ...[SIGHUP, SIGINT, SIGTERM].map(dieOn),
    {
      call: 'sendto',
      args: [line, { bytes: READY }, READY.length, MSG_NOSIGNAL, 0, 0],
      doing: 'report that the container is ready',
    },
    { call: 'close', args: [line], doing: 'close the line to tsrun' },
    // It had to survive the stub's own execve; the program's it must not.
    {
      call: 'fcntl',
      args: [listenerFd(plan), F_SETFD, FD_CLOEXEC],
      doing: 'hide the socket from the program',
    },
    { call: 'accept4', args: [listenerFd(plan), 0, 0, SOCK_CLOEXEC], doing: 'wait for start' },
    ...plan.last,
    ...exec,
  ]
}
