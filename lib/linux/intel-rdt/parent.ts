/**
 * Makes a container's resctrl groups, puts processes into them, and takes them away. Parent.
 * Spec: config-linux.md, "Intel RDT". Kernel: Documentation/filesystems/resctrl.rst
 */
import { Failure } from '../../failure.ts'
import { join } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import { exists, makeDirectory, removeDirectory, unlessGone } from '../../sys/host.ts'
import { readTextFile } from '../../sys/text-file.ts'
import type { RdtPlan, SavedRdt } from './plan.ts'
import { canMonitor, explained, resources, writeLines } from './resctrl.ts'
import { isInForce, linesOf } from './schemata.ts'

const POINTER = '/linux/intelRdt'

const groupOf = ({ group }: RdtPlan, root: string): string =>
  group === '' ? root : join(root, group)

const monitorOf = (plan: RdtPlan, root: string): string | undefined =>
  plan.monitor === undefined ? undefined : join(groupOf(plan, root), 'mon_groups', plan.monitor)

/** What {@link makeRdt} will make: to be on disk before it does. */
export const expectRdt = (plan: RdtPlan, root: string): SavedRdt => {
  const group = groupOf(plan, root)
  const monitor = monitorOf(plan, root)
  return {
    group,
    ...(monitor !== undefined && { monitor }),
    made: [...(monitor === undefined ? [] : [monitor]), ...(plan.kind === 'own' ? [group] : [])],
  }
}

/** @throws Failure for what this host cannot do */
const refuseMissing = ({ schemas, monitor }: RdtPlan, root: string): void => {
  const known = resources(root)
  for (const schema of schemas) {
    const name = schema.slice(0, schema.indexOf(':'))
    if (known.some((resource) => resource === name || resource.startsWith(`${name}C`))) continue
    const which = name === 'MB' ? 'MBA: memory bandwidth' : 'CAT: l3 cache'
    throw new Failure(`Intel RDT/${which} schema is not enabled`, {
      code: 'NO_RESCTRL',
      pointer: `${POINTER}/${name === 'MB' ? 'memBwSchema' : 'l3CacheSchema'}`,
      hint:
        known.length > 0 ? `this host controls ${known.join(', ')}` : 'this host controls nothing',
    })
  }
  if (monitor === undefined || canMonitor(root)) return
  throw new Failure('Intel RDT monitoring is not enabled', {
    code: 'NO_RESCTRL',
    pointer: `${POINTER}/enableMonitoring`,
    hint: 'the processor has no monitoring of its caches',
  })
}

/** @returns whether it is new */
const makeGroup = (plan: RdtPlan, path: string, root: string): boolean => {
  const isThere = exists(path)
  if (plan.kind === 'given' || (plan.kind === 'shared' && isThere)) {
    if (isThere) return false
    throw new Failure(`class of service ${JSON.stringify(plan.group)} does not exist`, {
      code: 'RESCTRL',
      pointer: `${POINTER}/closID`,
      hint: `make ${path}, or give it a schema in config.json`,
    })
  }
  explained(root, `make resctrl group ${path}`, POINTER, () => makeDirectory(path, 0o755))
  return true
}

const refuseOther = (plan: RdtPlan, path: string): void => {
  const current = readTextFile(`${path}/schemata`)
  for (const schema of plan.schemas) {
    if (isInForce(schema, current)) continue
    throw new Failure(
      `class of service ${JSON.stringify(plan.group)} has another schema than ${schema}`,
      {
        code: 'RESCTRL',
        pointer: `${POINTER}/closID`,
        hint: `${path}/schemata has: ${current.trim().replace(/\s*\n\s*/g, ', ')}`,
      },
    )
  }
}

/** In one go: the kernel takes all of the lines or none. */
const writeSchemata = (lines: readonly string[], path: string, root: string): void => {
  if (lines.length === 0) return
  explained(root, `write ${lines.join(', ')} to ${path}/schemata`, POINTER, () =>
    writeLines(`${path}/schemata`, lines),
  )
}

/**
 * @param root of the resctrl file system
 * @throws Failure, with nothing left behind
 */
export const makeRdt = (plan: RdtPlan, root: string): SavedRdt => {
  refuseMissing(plan, root)
  const saved = expectRdt(plan, root)
  const isNew = makeGroup(plan, saved.group, root)
  try {
    if (isNew) writeSchemata(plan.schemas, saved.group, root)
    else refuseOther(plan, saved.group)
    for (const line of plan.schemata) writeSchemata([line], saved.group, root)
    const { monitor } = saved
    if (monitor !== undefined) {
      explained(root, `make monitoring group ${monitor}`, `${POINTER}/enableMonitoring`, () =>
        makeDirectory(monitor, 0o755),
      )
    }
    return saved
  } catch (error) {
    if (isNew) removeDirectory(saved.group)
    throw error
  }
}

/** Moves a process that has one thread: a pid here is a thread, and what it starts later follows. */
export const joinRdt = ({ group, monitor }: SavedRdt, pid: number): void => {
  for (const path of monitor === undefined ? [group] : [group, monitor]) {
    explained(group, `move process ${pid} into resctrl group ${path}`, POINTER, () =>
      writeLines(`${path}/tasks`, [String(pid)]),
    )
  }
}

export const removeRdt = ({ made }: SavedRdt): void => {
  for (const path of made) unlessGone(() => removeDirectory(path))
}

/**
 * Other schemas for a group that is there: `update --l3-cache-schema`, `--mem-bw-schema`.
 * @returns brings the old ones back
 * @throws Failure, with the old schemas in force
 */
export const updateRdt = (plan: RdtPlan, { group }: SavedRdt, root: string): (() => void) => {
  refuseMissing(plan, root)
  const before = linesOf(readTextFile(`${group}/schemata`))
  const undo = (): void => restore(before, group)
  try {
    writeSchemata(plan.schemas, group, root)
    return undo
  } catch (error) {
    undo()
    throw error
  }
}

const restore = (lines: readonly string[], group: string): void => {
  for (const line of lines) {
    try {
      writeLines(`${group}/schemata`, [line])
    } catch (error) {
      // Another group may have taken what this one gave up; what went wrong first has to be heard of.
      if (!hasCode(error, 'EINVAL')) throw error
    }
  }
}
