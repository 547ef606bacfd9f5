/** Carries out the mounts, in the order of config.json. Inside, before pivot_root. */
import { Failure } from '../../failure.ts'
import { currentStage, step } from '../../sync/stage.ts'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, S_IFDIR, S_IFMT } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_RDONLY, OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { hasCode, SyscallError } from '../../sys/error.ts'
import { breathe, together } from '../../sys/elsewhere.ts'
import { askStat, close, statat } from '../../sys/file.ts'
import {
  fsconfigFlag,
  fsconfigReconfigure,
  fsconfigString,
  fspick,
  mountSetattr,
  moveMount,
  openTree,
} from '../../sys/mount.ts'
import type { InitPlan } from '../../init/plan.ts'
import { labelRoot } from '../selinux/inside.ts'
import { mountSimply, simpleData } from './simple.ts'
import { mountCgroups } from './cgroup.ts'
import { copyUp } from './copy-up.ts'
import { explainMount } from './explain.ts'
import { newFilesystem, type Filesystem } from './new-filesystem.ts'
import type { MountPlan, MountTree } from './plan.ts'
import {
  makeBlindly,
  makeInRoot,
  openInRoot,
  openInRootIfExists,
  openPlainInRoot,
} from './target.ts'

/** What the parent prepared for a mount: descriptors that only it could open. */
export interface MountSources {
  /** By index of the mount: its source, cloned with open_tree(2), id-mapped where asked. */
  readonly trees: ReadonlyMap<number, MountTree>
  readonly cgroup: InitPlan['cgroupMounts']
}

const changeAttributes = (mount: number, plan: MountPlan): void => {
  const { change, recursiveChange } = plan
  if (recursiveChange.set || recursiveChange.clear) {
    mountSetattr(mount, '', AT_EMPTY_PATH | AT_RECURSIVE, recursiveChange)
  }
  if (change.set || change.clear) mountSetattr(mount, '', AT_EMPTY_PATH, change)
}

const changePropagation = (mount: number, plan: Pick<MountPlan, 'propagation'>): void => {
  for (const { flag, recursive } of plan.propagation) {
    const flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    mountSetattr(mount, '', flags, { propagation: flag })
  }
}

const openHere = ({ source, recursive }: MountPlan): number =>
  openTree(AT_FDCWD, source, OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0))

const bind = (plan: MountPlan, tree: MountTree | undefined, root: number): number => {
  const ready = typeof tree === 'function' ? tree() : tree
  let readStat
  const mount = together(() => {
    const opened = ready ?? openHere(plan)
    readStat = askStat(opened, '')
    return opened
  })
  const isDirectory = (readStat!().mode & S_IFMT) === S_IFDIR
  const target = makeInRoot(root, plan.destination, isDirectory ? 'directory' : 'file')
  together(() => {
    changeAttributes(mount, plan)
    moveMount(mount, target)
    close(target)
  })
  return mount
}

/** proc and sysfs must not be mounted through a symbolic link: what is written there would go elsewhere. */
const openPlainTarget = ({ destination, type }: MountPlan, root: number): number => {
  const open = (): number => openPlainInRoot(root, destination)
  try {
    return open()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      close(makeInRoot(root, destination, 'directory'))
      return open()
    }
    if (!hasCode(error, 'ELOOP', 'ENOTDIR')) throw error
    throw new Failure(`filesystem ${JSON.stringify(type)} must be mounted on ordinary directory`, {
      cause: error,
    })
  }
}

const wantsPlainTarget = ({ type }: MountPlan): boolean => type === 'proc' || type === 'sysfs'

const makeDirectory = (root: number, path: string): number => makeInRoot(root, path, 'directory')

/** A tmpfs without a mode of its own takes that of the directory it covers, if that was there before. */
const takesMode = ({ type, parameters }: MountPlan): boolean =>
  type === 'tmpfs' && !parameters.some(([key]) => key === 'mode')

const modeToTake = (plan: MountPlan, root: number): number | undefined => {
  if (!takesMode(plan)) return undefined
  const directory = openInRootIfExists(root, plan.destination)
  if (directory === undefined) return undefined
  const { mode } = statat(directory, '')
  close(directory)
  return mode & 0o7777
}

/** As a parameter and not by chmod(2): mountinfo shows it. */
const withMode = (plan: MountPlan, mode: number): MountPlan => ({
  ...plan,
  parameters: [...plan.parameters, ['mode', mode.toString(8)]],
})

const filesystemOf = ({ type, source, parameters, change }: MountPlan): Filesystem => ({
  type,
  source,
  parameters,
  attributes: change.set,
})

const mountNew = (plan: MountPlan, root: number): number => {
  const mode = modeToTake(plan, root)
  const target = wantsPlainTarget(plan)
    ? openPlainTarget(plan, root)
    : makeDirectory(root, plan.destination)
  const filesystem = filesystemOf(mode === undefined ? plan : withMode(plan, mode))
  const attach = (mount: number): void => {
    moveMount(mount, target)
    close(target)
  }
  if (!plan.copyUp) return newFilesystem(filesystem, attach)
  const mount = newFilesystem(filesystem)
  copyUp(target, mount)
  together(() => attach(mount))
  return mount
}

const remount = (plan: MountPlan, root: number): number => {
  const mount = openInRoot(root, plan.destination)
  if (plan.action === 'remount' && plan.parameters.length > 0) {
    const context = fspick(mount)
    for (const [key, value] of plan.parameters) {
      if (value === undefined) fsconfigFlag(context, key)
      else fsconfigString(context, key, value)
    }
    fsconfigReconfigure(context)
    close(context)
  }
  changeAttributes(mount, plan)
  return mount
}

/** @returns a descriptor of the mount; none where nobody wants it */
type Action = (plan: MountPlan, root: number, sources: MountSources) => number | undefined

type Actions = Readonly<Record<MountPlan['action'], Action>>

const stepsFor = ({ index }: MountPlan, { cgroup }: MountSources) =>
  cgroup.find((mount) => mount.index === index)!.steps

const actions: Actions = {
  bind: (plan, root, { trees }) => bind(plan, trees.get(plan.index), root),
  new: mountNew,
  remount,
  'bind-remount': remount,
  propagation: (plan, root) => openInRoot(root, plan.destination),
  cgroup: (plan, root, sources) => mountCgroups(stepsFor(plan, sources), plan, root, makeDirectory),
}

/** The same, of the usual case only, without a look at any result: many can go in one message. */
const blindActions: Actions = {
  ...actions,
  bind: (plan, root, { trees }) => {
    const mount = (trees.get(plan.index) as number | undefined) ?? openHere(plan)
    const target = openInRoot(root, plan.destination)
    changeAttributes(mount, plan)
    moveMount(mount, target)
    close(target)
    return mount
  },
  new: (plan, root) => {
    const open = wantsPlainTarget(plan) ? openPlainInRoot : openInRoot
    const target = makeBlindly(root, plan.destination, open)
    const data = simpleData(plan)
    if (data !== undefined) return mountSimply(plan, data, target)
    return newFilesystem(filesystemOf(plan), (mount) => {
      moveMount(mount, target)
      close(target)
    })
  },
  cgroup: (plan, root, sources) => mountCgroups(stepsFor(plan, sources), plan, root, makeBlindly),
}

const isRoot = ({ destination, action }: MountPlan): boolean =>
  destination === '/' && action !== 'propagation'

const needsLook = (plan: MountPlan, { trees }: MountSources): boolean =>
  isRoot(plan) ||
  plan.copyUp ||
  (plan.action === 'new' && takesMode(plan)) ||
  plan.label !== undefined ||
  typeof trees.get(plan.index) === 'function'

const describe = ({ action, type, source, destination }: MountPlan): string =>
  action === 'bind' ? `bind ${source} on ${destination}` : `mount ${type} on ${destination}`

/** @returns the root to go on with */
const carryOut = (
  plan: MountPlan,
  root: number,
  sources: MountSources,
  { [plan.action]: act }: Actions,
): number => {
  step(describe(plan), plan.pointer)
  const mount = act(plan, root, sources)
  if (mount === undefined) return root
  if (plan.label !== undefined) labelRoot(mount, plan.label)
  if (plan.propagation.length > 0) changePropagation(mount, plan)
  if (isRoot(plan)) return mount
  close(mount)
  return root
}

const carryOutOrExplain = (plan: MountPlan, root: number, sources: MountSources): number => {
  try {
    return carryOut(plan, root, sources, actions)
  } catch (error) {
    throw explainMount(plan, error)
  }
}

/**
 * In one message instead of three a mount, up to the first that needs a look or fails. What of that one has
 * been opened is closed with all other descriptors in the end.
 * @returns how many are mounted
 */
const mountBlindly = (
  plans: readonly MountPlan[],
  root: number,
  sources: MountSources,
  meanwhile: () => void,
): number => {
  const end = plans.findIndex((plan) => needsLook(plan, sources))
  const simple = end < 0 ? plans : plans.slice(0, end)
  try {
    together(() => {
      for (const plan of simple) {
        carryOut(plan, root, sources, blindActions)
        breathe()
      }
    }, meanwhile)
    return simple.length
  } catch (error) {
    // An option may be too long for any message.
    if (!(error instanceof SyscallError || error instanceof RangeError)) throw error
    const { pointer } = currentStage()
    const mounted = simple.findIndex((plan) => plan.pointer === pointer)
    if (mounted < 0) throw error
    return mounted
  }
}

/**
 * @param root the root file system; a mount on `/` becomes the new one
 * @param meanwhile what tsrun does while the mounts are made, once or several times
 * @returns the root to go on with
 */
export const mountAll = (
  plans: readonly MountPlan[],
  root: number,
  sources: MountSources,
  meanwhile: () => void,
): number => {
  for (let done = 0; done < plans.length; done++) {
    done += mountBlindly(plans.slice(done), root, sources, meanwhile)
    const next = plans[done]
    if (next) root = carryOutOrExplain(next, root, sources)
  }
  return root
}

/** The mounts that had to stay writable until everything inside was made. */
export const makeReadonly = (plans: readonly MountPlan[], root: number): void => {
  for (const plan of plans) {
    if (!plan.readonlyLast) continue
    step(`make ${plan.destination} read-only`, plan.pointer)
    const mount = openInRoot(root, plan.destination)
    mountSetattr(mount, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
    close(mount)
  }
}
