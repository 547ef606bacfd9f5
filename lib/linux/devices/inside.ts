/**
 * Makes the device files and links of /dev. Inside, after the mounts, before pivot_root.
 *
 * In an image /dev may be a link, and then files would be made or removed on the host (CVE-2026-41579).
 * Everything happens below a descriptor of the directory, which is resolved inside the root.
 */
import { Failure } from '../../failure.ts'
import { step } from '../../sync/stage.ts'
import { basename, dirname } from '../../path.ts'
import { ahead, together } from '../../sys/elsewhere.ts'
import { hasCode } from '../../sys/error.ts'
import {
  close,
  fchmodat,
  fchownat,
  lchownat,
  mknodat,
  openat,
  statat,
  symlinkat,
  unlinkatIfExists,
  readlinkat,
} from '../../sys/file.ts'
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
} from '../../sys/flags/open.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { moveMount, openTree } from '../../sys/mount.ts'
import { umask } from '../../sys/process.ts'
import { makeInRoot, openAllInRoot } from '../mounts/target.ts'
import type { DevicePlan } from './plan.ts'

/** What there is besides the container's root. */
interface Surroundings {
  /** Descriptor of the host's procfs. */
  readonly proc: number
  readonly inUserNamespace: boolean
}

interface Node {
  readonly directory: number
  readonly name: string
  readonly device: DevicePlan
}

const isDevice = (file: number, device: DevicePlan): boolean => {
  const { mode, major, minor } = statat(file, '')
  if ((mode & S_IFMT) !== device.type) return false
  return device.type === S_IFIFO || (major === device.major && minor === device.minor)
}

const giveAway = ({ directory, name, device: { uid, gid, pointer } }: Node): void => {
  if (uid !== 0 || gid !== 0 || pointer !== undefined) lchownat(directory, name, uid, gid)
}

/** @throws SyscallError EEXIST */
const makeNode = (node: Node): void => {
  const { type, mode, major, minor } = node.device
  mknodat(node.directory, node.name, type | mode, major, minor)
  giveAway(node)
}

/**
 * What the image already has is taken, if it is the same device. It is looked at and changed by one descriptor, for
 * its name may be given to a link meanwhile, and chmod(2) follows that to a file of the host.
 */
const takeNode = ({ directory, name, device }: Node, proc: number, error: unknown): void => {
  const file = openat(directory, name, O_PATH | O_NOFOLLOW)
  if (!isDevice(file, device)) {
    throw new Failure('another file is there already', {
      cause: error,
      hint: 'a device is never put in place of an existing file: change its path, or the image',
    })
  }
  if (device.pointer !== undefined) {
    // fchmod(2) takes no O_PATH descriptor, fchmodat2(2) takes one since Linux 6.6 only.
    fchmodat(proc, `self/fd/${file}`, device.mode, 0)
    fchownat(file, '', device.uid, device.gid, AT_EMPTY_PATH)
  }
  close(file)
}

const letters = new Map([
  [S_IFCHR, 'c'],
  [S_IFBLK, 'b'],
  [S_IFIFO, 'p'],
])

const describeNode = ({
  type,
  major,
  minor,
}: Pick<DevicePlan, 'type' | 'major' | 'minor'>): string =>
  `${letters.get(type) ?? 'no device'} ${major}:${minor}`

/** The host's node, as a mount. @throws Failure where there is none, or another */
const openHostNode = (device: DevicePlan): number => {
  let source
  try {
    source = openTree(AT_FDCWD, device.path, OPEN_TREE_CLONE)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error
    throw new Failure(`the host has no ${device.path}`, {
      hint: `in a user namespace no device can be made, and the host's is used: make it there (mknod ${device.path} ${describeNode(device).replace(':', ' ')}), or leave it out`,
    })
  }
  // The default ones are what every host has.
  if (device.pointer === undefined) return source
  const { mode, major, minor } = statat(source, '')
  const found = describeNode({ type: mode & S_IFMT, major, minor })
  if (found === describeNode(device)) return source
  throw new Failure(`the host's ${device.path} is ${found}, not ${describeNode(device)}`, {
    hint: "in a user namespace the host's device is used: give its numbers, or the path of one that has these",
  })
}

/** mknod(2) is not for user namespaces: the host's node is bound instead. */
const bindNode = ({ directory, name, device }: Node): void => {
  const source = openHostNode(device)
  try {
    close(openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  together(() => {
    const target = openat(directory, name, O_PATH | O_NOFOLLOW)
    moveMount(source, target)
    close(target)
    close(source)
  })
}

const makeOrTakeNode = (node: Node, proc: number): void => {
  try {
    makeNode(node)
  } catch (error) {
    // In a user namespace that tsrun itself was started in, too.
    if (hasCode(error, 'EPERM')) return bindNode(node)
    if (!hasCode(error, 'EEXIST')) throw error
    takeNode(node, proc, error)
  }
}

const makeDevice = (
  device: DevicePlan,
  root: number,
  { proc, inUserNamespace }: Surroundings,
): void => {
  step(`make device ${device.path}`, device.pointer)
  const directory = makeInRoot(root, dirname(device.path), 'directory')
  try {
    const node = { directory, name: basename(device.path), device }
    if (inUserNamespace && device.type !== S_IFIFO) bindNode(node)
    else makeOrTakeNode(node, proc)
  } finally {
    close(directory)
  }
}

const links = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
] as const

const makeLink = (dev: number, name: string, target: string): void => {
  try {
    symlinkat(target, dev, name)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if ((statat(dev, name).mode & S_IFMT) !== S_IFLNK || readlinkat(dev, name) !== target) {
      throw new Failure(`/dev/${name} exists and is not a link to ${target}`, { cause: error })
    }
  }
}

type Links = readonly (readonly [name: string, target: string])[]

/**
 * In an empty /dev, as it usually is, in one message.
 * @returns false when something was in the way, and part of it is done
 */
const makeAtOnce = (devices: readonly DevicePlan[], all: Links, dev: number): boolean => {
  try {
    together(() => {
      const mask = umask(0)
      for (const device of devices) {
        makeNode({ directory: dev, name: basename(device.path), device })
      }
      umask(mask)
      for (const [name, target] of all) symlinkat(target, dev, name)
    })
    return true
  } catch {
    return false
  }
}

const linksFor = (kcore: number | undefined): Links => {
  if (kcore === undefined) return links
  close(kcore)
  return [...links, ['core', '/proc/kcore']]
}

export const makeDevices = (
  devices: readonly DevicePlan[],
  root: number,
  surroundings: Surroundings,
): void => {
  const { inUserNamespace } = surroundings
  step('make the devices of /dev')
  const [kcore, found] = openAllInRoot(root, ['/proc/kcore', '/dev'])
  const all = linksFor(kcore)
  const dev = found ?? makeInRoot(root, '/dev', 'directory')
  const simple = devices.filter(({ path }) => !inUserNamespace && dirname(path) === '/dev')
  const others = devices.filter((device) => !simple.includes(device))
  const areMade = makeAtOnce(simple, all, dev)

  const rest = areMade ? others : devices
  if (rest.length > 0) {
    const mask = umask(0)
    for (const device of rest) makeDevice(device, root, surroundings)
    umask(mask)
  }

  step('make the links of /dev')
  if (!areMade) for (const [name, target] of all) makeLink(dev, name, target)
  // It must be the one of the container's own devpts.
  ahead(() => {
    unlinkatIfExists(dev, 'ptmx', 0)
    symlinkat('pts/ptmx', dev, 'ptmx')
    close(dev)
  })
}
