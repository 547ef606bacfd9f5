/** Removes a container's cgroups. Parent; works from what state.json keeps alone. */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { removeCgroup } from './control-file.ts'
import { directoriesOf, type SavedCgroup } from './places.ts'
import { removeIfUnused, removeShared } from './shared.ts'
import { closeUnit } from './systemd/parent.ts'
import { eachChild, listPids } from './tree.ts'
import { backOff } from '../../sys/time.ts'

/** How long dying processes may keep a cgroup busy, ms. */
const PATIENCE = 5000

/**
 * Removes the directories that were made for the container, with the cgroups that it made in them.
 * Parents that tsrun made go as well, unless others have moved in.
 * @throws Failure where processes are left after {@link PATIENCE}
 */
export const deleteCgroup = (saved: SavedCgroup): void => {
  const own = new Set(directoriesOf(saved))
  if (saved.systemd) {
    closeUnit(saved.systemd)
    // What systemd has not removed itself by now, as others' hierarchies in cgroup v1.
    for (const path of own) if (saved.made.length === 0) removeTree(path)
  }
  for (const path of saved.found ?? []) eachChild(path, removeTree)
  for (const path of saved.made.toReversed()) {
    if (own.has(path)) removeTree(path)
    else removeIfUnused(path)
  }
  removeShared(saved)
}

/** @returns why it is still there; nothing when it is gone */
const tryRemove = (path: string): unknown => {
  try {
    removeCgroup(path)
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined
    if (!hasCode(cause, 'EBUSY', 'ENOTEMPTY')) throw failure(path, cause)
    return cause
  }
  return undefined
}

const removeTree = (path: string): void => {
  if (tryRemove(path) === undefined) return
  // However long they take: the patience is for this one.
  eachChild(path, removeTree)
  const wait = backOff(PATIENCE)
  // The kernel lets go of a cgroup a moment after its last process is gone.
  for (let cause; (cause = tryRemove(path)) !== undefined;) {
    if (!wait()) throw failure(path, cause)
    eachChild(path, removeTree)
  }
}

const failure = (path: string, cause: unknown): Failure => {
  const pids = listPids(path)
  return new Failure(`remove cgroup ${path}`, {
    cause,
    code: 'CGROUP_REMOVE',
    ...(pids.length > 0 ? { hint: `still in it: processes ${pids.join(', ')}` } : {}),
  })
}
