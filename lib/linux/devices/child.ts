/**
 * Makes the device files and links of /dev. Child, after the mounts, before pivot_root.
 *
 * In an image /dev may be a link, and then files would be made or removed on the host (CVE-2026-41579).
 * Everything happens below a descriptor of the directory, which is resolved inside the root.
 */
import { Failure } from '../../failure.ts'
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import {
  close,
  fchmodat,
  lchownat,
  mknodat,
  openat,
  statat,
  symlinkat,
  unlinkat,
  readlinkat,
} from '../../sys/file.ts'
import {
  AT_FDCWD,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_WRONLY,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
} from '../../sys/flags/open.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { moveMount, openTree } from '../../sys/mount.ts'
import { umask } from '../../sys/process.ts'
import { makeInRoot, openInRootIfExists } from '../mounts/target.ts'
import type { DevicePlan } from './plan.ts'

const isSameDevice = (directory: number, name: string, device: DevicePlan): boolean => {
  const { mode, major, minor } = statat(directory, name)
  if ((mode & S_IFMT) !== device.type) return false
  return device.type === S_IFIFO || (major === device.major && minor === device.minor)
}

const makeNode = (directory: number, name: string, device: DevicePlan): void => {
  try {
    mknodat(directory, name, device.type | device.mode, device.major, device.minor)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if (!isSameDevice(directory, name, device)) {
      throw new Failure('another file is there already', {
        cause: error,
        hint: 'a device is never put in place of an existing file: change its path, or the image',
      })
    }
    if (device.pointer === undefined) return
    fchmodat(directory, name, device.mode, 0)
  }
  if (device.uid !== 0 || device.gid !== 0 || device.pointer !== undefined) {
    lchownat(directory, name, device.uid, device.gid)
  }
}

/** mknod(2) is not for user namespaces: the host's node is bound instead. */
const bindNode = (directory: number, name: string, device: DevicePlan): void => {
  const source = openTree(AT_FDCWD, device.path, OPEN_TREE_CLONE)
  try {
    close(openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  const target = openat(directory, name, O_PATH | O_NOFOLLOW)
  moveMount(source, target)
  close(target)
  close(source)
}

const makeDevice = (device: DevicePlan, root: number, inUserNamespace: boolean): void => {
  step(`make device ${device.path}`, device.pointer)
  const slash = device.path.lastIndexOf('/')
  const name = device.path.slice(slash + 1)
  const directory = makeInRoot(root, device.path.slice(0, slash) || '/', 'directory')
  try {
    if (inUserNamespace && device.type !== S_IFIFO) bindNode(directory, name, device)
    else makeNode(directory, name, device)
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

/** /dev/ptmx must be the one of the container's own devpts. */
const linkPtmx = (dev: number): void => {
  try {
    unlinkat(dev, 'ptmx', 0)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  symlinkat('pts/ptmx', dev, 'ptmx')
}

export const makeDevices = (
  devices: readonly DevicePlan[],
  root: number,
  inUserNamespace: boolean,
): void => {
  const mask = umask(0)
  for (const device of devices) makeDevice(device, root, inUserNamespace)
  umask(mask)

  step('make the links of /dev')
  const dev = makeInRoot(root, '/dev', 'directory')
  for (const [name, target] of links) makeLink(dev, name, target)
  const kcore = openInRootIfExists(root, '/proc/kcore')
  if (kcore !== undefined) {
    close(kcore)
    makeLink(dev, 'core', '/proc/kcore')
  }
  linkPtmx(dev)
  close(dev)
}
