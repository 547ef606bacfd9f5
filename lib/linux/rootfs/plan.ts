/** How the container gets its root. Pure. Spec: config.md "Root", config-linux.md "Rootfs Mount Propagation" */
import { Failure } from '../../failure.ts'
import type { Config } from '../../spec/types.ts'
import { propagations, type Propagation } from '../mounts/options.ts'
import { hasNamespace, type NamespacePlan } from '../namespaces/plan.ts'

export interface RootfsPlan {
  /** Absolute, without symbolic links. */
  readonly path: string
  readonly readonly: boolean
  readonly propagation?: Propagation
  /**
   * `pivot`: pivot_root(2). `move`: MS_MOVE and chroot(2), for a host that runs from a ramfs. `chroot`: the
   * container shares tsrun's mount namespace; its mounts are the host's (`host-mounts.ts`).
   */
  readonly enterBy: 'pivot' | 'move' | 'chroot'
  /** For `move`: mounts of proc and sysfs that would stay reachable below the root. */
  readonly hostProcs: readonly string[]
}

/** What would change the host's own mounts, and could not be taken back. */
const refuseHostChanges = ({ root, linux = {} }: Config): void => {
  const settings = [
    ['/root/readonly', root?.readonly],
    ['/linux/maskedPaths', linux.maskedPaths?.length],
    ['/linux/readonlyPaths', linux.readonlyPaths?.length],
    ['/linux/rootfsPropagation', linux.rootfsPropagation],
  ] as const
  const [pointer] = settings.find(([, isSet]) => isSet) ?? []
  if (pointer === undefined) return
  throw new Failure(`${pointer.slice(1).replace('/', '.')} needs a mount namespace`, {
    pointer,
    code: 'NO_MOUNT_NAMESPACE',
    hint: 'add {"type": "mount"} to linux.namespaces: otherwise it would be done to the host',
  })
}

/** @throws Failure for what needs a mount namespace */
export const planRootfs = (
  config: Config,
  namespaces: NamespacePlan,
  {
    path,
    hostProcs,
    noPivot,
  }: Pick<RootfsPlan, 'path' | 'hostProcs'> & { readonly noPivot: boolean },
): RootfsPlan => {
  const isolated = hasNamespace(namespaces, 'mount')
  if (!isolated) refuseHostChanges(config)
  const propagation = propagations[config.linux?.rootfsPropagation ?? '']
  return {
    path,
    readonly: config.root?.readonly ?? false,
    ...(propagation && { propagation }),
    enterBy: !isolated ? 'chroot' : noPivot ? 'move' : 'pivot',
    hostProcs,
  }
}
