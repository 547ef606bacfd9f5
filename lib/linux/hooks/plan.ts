/**
 * What a hook's process does before it is the hook: system calls for a stub. Pure. Spec: "POSIX-platform
 * Hooks".
 *
 * tsrun starts the stub and not the hook: the stub can join namespaces, which posix_spawn(3) cannot, and
 * what runs inside the container meanwhile is some instructions instead of a copy of tsrun.
 */
import type { Hook } from '../../spec/types.ts'
import { FD_CLOEXEC, F_SETFD } from '../../sys/flags/open.ts'
import type { StubCall } from '../../stub/table.ts'

/** Descriptors of the stub, after the three standard ones. */
export const REPORT_FD = 3
export const PROCESS_FD = 4
export const ROOT_FD = 5

const EVERY_FD = 0xffffffff

export interface HookPlace {
  /** `CLONE_NEW*` of the container's namespaces to join; none for the runtime's. */
  readonly namespaces?: number
  /** Whether the container's root becomes the hook's. */
  readonly inRoot?: boolean
  /** Working directory. */
  readonly cwd: string
  /** Whether it becomes root of the container's user namespace, where it would be nobody else. */
  readonly becomesRoot?: boolean
  /** For a hook that names none. */
  readonly env?: readonly string[]
  /** What makes it as unprivileged as the container's program. */
  readonly become?: readonly StubCall[]
  /** What comes after everything else: the seccomp filter, which has to let nothing but `execve` through. */
  readonly last?: readonly StubCall[]
}

const becomeRoot: readonly StubCall[] = (['setresgid', 'setresuid'] as const).map((call) => ({
  call,
  args: [0, 0, 0],
  doing: 'become root of the user namespace',
}))

export const hookCalls = (hook: Hook, pointer: string, place: HookPlace): readonly StubCall[] => {
  const { namespaces, becomesRoot, inRoot, cwd, become = [], last = [] } = place
  const calls: readonly (StubCall | false | undefined)[] = [
    namespaces !== undefined &&
      namespaces !== 0 && {
        call: 'setns',
        args: [PROCESS_FD, namespaces],
        doing: "join the container's namespaces",
      },
    ...(becomesRoot ? becomeRoot : []),
    inRoot && { call: 'fchdir', args: [ROOT_FD], doing: "enter the container's root" },
    inRoot && { call: 'chroot', args: [{ text: '.' }], doing: "enter the container's root" },
    {
      call: 'chdir',
      args: [{ text: cwd }],
      doing: `enter ${cwd}`,
    },
    ...become,
    {
      call: 'fcntl',
      args: [REPORT_FD, F_SETFD, FD_CLOEXEC],
      doing: 'hide a socket from the hook',
    },
    {
      call: 'close_range',
      args: [PROCESS_FD, EVERY_FD, 0],
      doing: 'close all other descriptors',
    },
    ...last,
    {
      call: 'execve',
      args: [
        { text: hook.path },
        { texts: hook.args?.length ? hook.args : [hook.path] },
        { texts: hook.env ?? place.env ?? [] },
      ],
      doing: `exec ${JSON.stringify(hook.path)}`,
      pointer: `${pointer}/path`,
    },
    { call: 'exit_group', args: [127], doing: 'exit' },
  ]
  return calls.filter((call): call is StubCall => call !== false && call !== undefined)
}
