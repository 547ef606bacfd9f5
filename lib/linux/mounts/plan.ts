/** config.json's mounts as plain data, ready to be carried out. Pure. */
import { isAbsolute, join, resolve } from '../../path.ts'
import type { IdMapping, Mount } from '../../spec/types.ts'
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
} from '../../sys/flags/mount.ts'
import {
  attributes,
  propagations,
  superblockFlags,
  without,
  type AttributeChange,
  type Propagation,
} from './options.ts'

export interface IdMap {
  readonly recursive: boolean
  /** Absent: the container's own mappings. */
  readonly uidMappings?: readonly IdMapping[]
  readonly gidMappings?: readonly IdMapping[]
}

export interface MountPlan {
  /** In config.json's list. */
  readonly index: number
  /** The same for messages: `/mounts/3`. */
  readonly pointer: string
  /** Inside, absolute and normalized. */
  readonly destination: string
  /** `propagation`: only the propagation of what is there changes. */
  readonly action: 'bind' | 'new' | 'remount' | 'bind-remount' | 'propagation' | 'cgroup'
  readonly type: string
  /** Absolute for a bind mount; else whatever the file system calls its source. */
  readonly source: string
  /** A bind of everything mounted below, too. */
  readonly recursive: boolean
  readonly change: AttributeChange
  readonly recursiveChange: AttributeChange
  readonly propagation: readonly Propagation[]
  /** For fsconfig(2): a flag, or a key with its value. */
  readonly parameters: readonly (readonly [key: string, value?: string])[]
  readonly copyUp: boolean
  /** Becomes read-only only when everything inside is made. */
  readonly readonlyLast: boolean
  readonly idmap?: IdMap
  /** SELinux' of its root, for a file system that takes none as an option. */
  readonly label?: string
}

/** Descriptor of a clone of a mount's source, attached to nothing; or what makes it, once the mounts before are made. */
export type MountTree = number | (() => number)

const none: AttributeChange = { set: 0, clear: 0 }

/** A later option wins over an earlier one about the same attribute, as with mount(8). */
const and = (first: AttributeChange, then: AttributeChange): AttributeChange => ({
  set: (first.set & ~then.clear) | then.set,
  clear: (first.clear & ~then.set) | then.clear,
})

/** `atime` takes back noatime, `nostrictatime` strictatime, and neither the other's. */
const takesBack: Readonly<Record<string, number>> = {
  atime: MOUNT_ATTR_NOATIME,
  nostrictatime: MOUNT_ATTR_STRICTATIME,
}

const applyAttribute = (
  before: AttributeChange,
  name: string,
  change: AttributeChange,
): AttributeChange => {
  const mode = before.set & MOUNT_ATTR__ATIME
  const mine = takesBack[name]
  if (mine !== undefined) return mode !== 0 && mode !== mine ? before : and(before, change)
  // To mount(2) these are bits, of which strictatime counts before noatime, and that before relatime.
  const isTime = (change.clear & MOUNT_ATTR__ATIME) !== 0
  return isTime && mode > (change.set & MOUNT_ATTR__ATIME) ? before : and(before, change)
}

const parameterOf = (option: string): readonly [string, string?] => {
  const equals = option.indexOf('=')
  return equals < 0 ? [option] : [option.slice(0, equals), option.slice(equals + 1)]
}

/**
 * One option may hold several, as mount(2) takes them: `size=1m,mode=755`. Commas in quotes belong to a
 * SELinux context, those behind a backslash to a path of overlayfs.
 */
const parametersOf = (option: string): readonly (readonly [string, string?])[] =>
  // Nearly every option is one, and is not worth a first match.
  option.includes(',')
    ? (option.match(/(?:"[^"]*"|\\.|[^,])+/g) ?? []).map(parameterOf)
    : [parameterOf(option)]

interface Parsed {
  change: AttributeChange
  recursiveChange: AttributeChange
  readonly propagation: Propagation[]
  readonly parameters: (readonly [string, string?])[]
  readonly actions: Set<string>
}

const parseOptions = (options: readonly string[]): Parsed => {
  const parsed: Parsed = {
    change: none,
    recursiveChange: none,
    propagation: [],
    parameters: [],
    actions: new Set(),
  }
  for (const option of options) {
    const attribute = attributes[option]
    const below = option.startsWith('r') ? attributes[option.slice(1)] : undefined
    const propagation = propagations[option]
    const superblock = superblockFlags[option]
    if (attribute) parsed.change = applyAttribute(parsed.change, option, attribute)
    else if (below)
      parsed.recursiveChange = applyAttribute(parsed.recursiveChange, option.slice(1), below)
    else if (propagation) parsed.propagation.push(propagation)
    else if (superblock) parsed.parameters.push([superblock])
    else if (actionNames.has(option)) parsed.actions.add(option)
    else if (!without.has(option) && option !== '') parsed.parameters.push(...parametersOf(option))
  }
  return parsed
}

const actionNames = new Set(['bind', 'rbind', 'remount', 'tmpcopyup', 'idmap', 'ridmap'])

const actionOf = (mount: Mount, parsed: Parsed): MountPlan['action'] => {
  const bind = parsed.actions.has('bind') || parsed.actions.has('rbind') || mount.type === 'bind'
  if (parsed.actions.has('remount')) return bind ? 'bind-remount' : 'remount'
  if (bind) return 'bind'
  if (mount.type === 'cgroup' || mount.type === 'cgroup2') return 'cgroup'
  const bare = mount.type === undefined || mount.type === '' || mount.type === 'none'
  return bare && parsed.propagation.length > 0 ? 'propagation' : 'new'
}

const planIdmap = (mount: Mount, parsed: Parsed): IdMap | undefined => {
  const asked = parsed.actions.has('idmap') || parsed.actions.has('ridmap')
  if (!asked && !mount.uidMappings) return undefined
  return {
    recursive: parsed.actions.has('ridmap'),
    ...(mount.uidMappings && { uidMappings: mount.uidMappings }),
    ...(mount.gidMappings && { gidMappings: mount.gidMappings }),
  }
}

/** As with runc, one that begins with the root's own path on the host means what is inside. */
const destinationIn = (rootfs: string, destination: string): string => {
  const path = resolve('/', destination)
  return rootfs !== '/' && `${path}/`.startsWith(`${rootfs}/`)
    ? path.slice(rootfs.length) || '/'
    : path
}

const planMount = (mount: Mount, index: number, bundle: string, rootfs: string): MountPlan => {
  const parsed = parseOptions(mount.options ?? [])
  const action = actionOf(mount, parsed)
  const destination = destinationIn(rootfs, mount.destination)
  const source = mount.source ?? ''
  const isNew = action === 'new'
  // Nothing is below what is new: `rro` is `ro` there, of the mount alone.
  const hasBelow = !isNew && action !== 'cgroup'
  const change = hasBelow ? parsed.change : and(parsed.recursiveChange, parsed.change)
  const readonly = (change.set & MOUNT_ATTR_RDONLY) !== 0
  // Device nodes and mount points are still to be made there.
  const readonlyLast = isNew && readonly && (mount.type === 'tmpfs' || destination === '/dev')
  const idmap = planIdmap(mount, parsed)
  return {
    index,
    pointer: `/mounts/${index}`,
    destination,
    action,
    type: mount.type ?? '',
    source: action === 'bind' && !isAbsolute(source) ? join(bundle, source) : source,
    recursive: parsed.actions.has('rbind'),
    change: readonlyLast ? and(change, attributes['rw']!) : change,
    recursiveChange: hasBelow ? parsed.recursiveChange : none,
    propagation: parsed.propagation,
    // mount(2) makes both the mount and the superblock read-only, mount_setattr(2) the mount; so do we.
    parameters:
      isNew && (parsed.change.set & MOUNT_ATTR_RDONLY) !== 0 && !readonlyLast
        ? [['ro'], ...parsed.parameters]
        : parsed.parameters,
    copyUp: parsed.actions.has('tmpcopyup') && mount.type === 'tmpfs',
    readonlyLast,
    ...(idmap && { idmap }),
  }
}

/**
 * @param bundle absolute; sources of bind mounts are relative to it
 * @param rootfs the root's path on the host, absolute
 */
export const planMounts = (
  mounts: readonly Mount[],
  bundle: string,
  rootfs = '/',
): readonly MountPlan[] => mounts.map((mount, index) => planMount(mount, index, bundle, rootfs))

/** Options that say nothing of a bind mount: there is no new file system that could take them. */
export const ignoredOptions = (mounts: readonly MountPlan[]): readonly string[] =>
  mounts
    .filter(({ action }) => action === 'bind')
    .flatMap(({ pointer, parameters }) =>
      parameters
        .filter(([name]) => superblockFlags[name] === undefined)
        .map(([name]) => `${pointer}/options: "${name}" is ignored, as the mount is a bind mount`),
    )
