/** PARENT. Makes the process that becomes a hook. */
import { PROCESS_FD, REPORT_FD, ROOT_FD } from '../../linux/hooks/plan.ts'
import type { StubProcess } from '../../stub/process.ts'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import { inside } from '../../sys/elsewhere.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { CLONE_NEWPID, CLONE_NEWUSER, PR_SET_DUMPABLE } from '../../sys/flags/process.ts'
import { pidfdOpen, prctl, setns } from '../../sys/process.ts'

/** Its descriptors, by number: the standard streams, and what leads into the container. */
const filesOf = (
  streams: readonly number[],
  container: number | undefined,
): Map<number, number> => {
  const files = new Map(streams.entries())
  if (container === undefined) return files
  files.set(PROCESS_FD, pidfdOpen(container, 0))
  files.set(ROOT_FD, openat(AT_FDCWD, `/proc/${container}/root`, O_PATH | O_DIRECTORY))
  return files
}

/**
 * A pid namespace is entered by being born in it: setns(2) is about children. A user has power over it only
 * as root of the user namespace that owns it.
 */
export const joinedBefore = (namespaces: number): number => {
  if (!(namespaces & CLONE_NEWPID)) return 0
  return CLONE_NEWPID | (process.geteuid!() === 0 ? 0 : namespaces & CLONE_NEWUSER)
}

const enterPids = (stub: StubProcess, namespaces: number): StubProcess => {
  try {
    inside(stub, () => {
      // Until it is the hook nobody inside is to trace it (CVE-2016-9962).
      prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
      setns(PROCESS_FD, joinedBefore(namespaces))
    })
    stub.fork(0)
    return stub
  } catch (error) {
    endStub(stub)
    throw error
  }
}

/**
 * @param streams standard input, output and error
 * @param container the pid of the container's first process, where the hook runs inside
 * @param namespaces `CLONE_NEW*` of those that it joins
 * @returns the process that becomes the hook
 */
export const spawnHook = (
  streams: readonly number[],
  container: number | undefined,
  namespaces: number,
): StubProcess => {
  const files = filesOf(streams, container)
  try {
    const stub = spawnStub(REPORT_FD, files)
    return namespaces & CLONE_NEWPID ? enterPids(stub, namespaces) : stub
  } finally {
    for (const [number, file] of files) if (number > REPORT_FD) close(file)
  }
}
