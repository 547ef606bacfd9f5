/** PARENT. `update`: other limits for a container that is there. */
import { Failure } from '../failure.ts'
import { warn } from '../log.ts'
import { requireCgroup } from '../linux/cgroup/none.ts'
import { applyUpdate, planUpdate } from '../linux/cgroup/limits/update.ts'
import { parseSavedConfig } from '../spec/saved.ts'
import type { Config, Resources } from '../spec/types.ts'
import { join } from '../path.ts'
import { rename } from '../sys/host.ts'
import { readTextFile, writeTextFile } from '../sys/text-file.ts'
import { lock } from './state/lock.ts'
import type { ContainerRequest } from './request.ts'
import { directoryOf, readState, statusOf } from './state/state.ts'
import { updateSchemas, type RdtSchemas } from './update-rdt.ts'

type Group = Readonly<Record<string, unknown>>

/** Groups of which docker sends all that it knows, with 0 or nothing for what is to stay as it is. */
const groups = new Set(['memory', 'cpu', 'blockIO'])
/** Of these settings 0 is a value. */
const zeros = new Set(['burst', 'idle', 'swappiness'])

const isMeant = ([setting, value]: readonly [string, unknown]): boolean =>
  value !== '' && (value !== 0 || zeros.has(setting))

const meant = (name: string, group: Group): Group =>
  groups.has(name) ? Object.fromEntries(Object.entries(group).filter(isMeant)) : group

/**
 * Of a group that is mentioned everything else stays as it was: v2's swap limit follows from memory, and a
 * quota goes with its period. Only where memory becomes unlimited a limit of memory and swap together
 * cannot stay: v1 refuses the one without the other.
 */
export const merge = (old: Resources = {}, changes: Resources): Resources => {
  const merged: Record<string, unknown> = { ...old }
  for (const [name, value] of Object.entries(changes)) {
    const before = merged[name] as Group | undefined
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    merged[name] = isGroup ? { ...before, ...meant(name, value as Group) } : value
  }
  if (changes.memory?.limit === -1 && !changes.memory.swap) {
    merged['memory'] = { ...(merged['memory'] as Group), swap: -1 }
  }
  return merged as Resources
}

/** Only the groups that are mentioned are written, and of those all that is known. */
const affected = (merged: Resources, changes: Resources): Resources =>
  Object.fromEntries(
    Object.entries(merged).filter(([name]) => Object.hasOwn(changes, name)),
  ) as Resources

/** Integers beyond a double are bigints, which JSON has no notation of its own for. */
const toJson = (config: Config): string =>
  JSON.stringify(config, (_, value: unknown) =>
    typeof value === 'bigint' ? `\u0000${value}\u0000` : value,
  ).replace(/"\\u0000(-?\d+)\\u0000"/g, '$1')

const replaceConfig = (directory: string, text: string): void => {
  const temporary = join(directory, '.config.json')
  writeTextFile(temporary, text, undefined, 0o600)
  rename(temporary, join(directory, 'config.json'))
}

/** Undone when what comes after fails. */
const both = (change: (() => void) | undefined, apply: () => void): void => {
  try {
    apply()
  } catch (error) {
    change?.()
    throw error
  }
}

/** @throws Failure, with everything as it was before */
export const update = (
  request: ContainerRequest,
  changes: Resources,
  schemas: RdtSchemas = {},
): void => {
  readState(request)
  const directory = directoryOf(request)
  const unlock = lock(directory)
  try {
    const state = readState(request)
    if (statusOf(directory, state) === 'stopped') {
      throw new Failure('container not running', { code: 'NOT_RUNNING' })
    }
    const cgroup = requireCgroup(state.cgroup)
    const config = parseSavedConfig(readTextFile(join(directory, 'config.json')))
    const resources = merge(config.linux?.resources, changes)
    const plan = planUpdate(affected(resources, changes), cgroup)
    plan.notices.forEach(warn)
    both(updateSchemas(directory, state, schemas), () => applyUpdate(plan))
    const intelRdt = { ...config.linux?.intelRdt, ...schemas }
    replaceConfig(
      directory,
      toJson({
        ...config,
        linux: {
          ...config.linux,
          resources,
          ...(Object.keys(schemas).length > 0 && { intelRdt }),
        },
      }),
    )
  } finally {
    unlock()
  }
}
