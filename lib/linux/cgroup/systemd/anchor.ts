/**
 * The process that keeps a scope open. Parent.
 *
 * A scope begins with a process in it and ends with the last one, and the container's own is born in there
 * only after it is made. So a stub waits there in the meantime, told nothing, and ends by itself when tsrun
 * dies.
 */
import type { StubProcess } from '../../../stub/process.ts'
import { endStub, spawnStub } from '../../../stub/spawn.ts'

const LINE_FD = 3

/** By unit: those of this process. */
const anchors = new Map<string, StubProcess>()

/** @returns the pid of a process that waits in our cgroup, to be moved */
export const dropAnchor = (unit: string): number => {
  const stub = spawnStub(LINE_FD, new Map())
  anchors.set(unit, stub)
  return stub.pid
}

/** Once others are in the scope, or it is given up; again does no harm. */
export const weighAnchor = (unit: string): void => {
  const stub = anchors.get(unit)
  if (!stub) return
  anchors.delete(unit)
  endStub(stub)
}
