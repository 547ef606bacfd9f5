/** PARENT. A container's state before there is a container. */
import { expectCgroup } from '../../linux/cgroup/parent.ts'
import { expectRdt } from '../../linux/intel-rdt/parent.ts'
import { expectHostMounts } from '../../linux/rootfs/host-mounts.ts'
import type { StubCall } from '../../stub/table.ts'
import type { ContainerPlan } from '../prepare.ts'
import type { CreateRequest } from '../request.ts'
import type { ContainerState, DescribedCall } from './state.ts'

/** Of a container without a process, and with nothing of the host's. */
export const newState = (plan: ContainerPlan, request: CreateRequest): ContainerState => ({
  ociVersion: plan.config.ociVersion,
  id: request.id,
  bundle: request.bundle,
  rootfs: plan.init.rootfs.path,
  init: { pid: 0, startTime: 0 },
  created: new Date().toISOString(),
  owner: process.geteuid!(),
  ...(plan.config.annotations && { annotations: plan.config.annotations }),
  calls: [],
  program: plan.init.args?.[0] ?? '',
  ...(request.noNewKeyring && { noNewKeyring: true }),
})

/** With what will be made on the host: on disk before it is, for whoever cleans up after a crash. */
export const expectedState = (plan: ContainerPlan, request: CreateRequest): ContainerState => {
  const { rdt, cgroup } = plan
  const { enterBy, path } = plan.init.rootfs
  return {
    ...newState(plan, request),
    cgroup: expectCgroup(cgroup),
    ...(rdt && { rdt: expectRdt(rdt.plan, rdt.root) }),
    ...(enterBy === 'chroot' && { hostMounts: expectHostMounts(path) }),
  }
}

/** Without their arguments, which may be secret and are of no use later. */
export const described = (calls: readonly StubCall[]): readonly DescribedCall[] =>
  calls.map(({ call, doing, pointer }) => ({
    call,
    doing,
    ...(pointer !== undefined && { pointer }),
  }))
