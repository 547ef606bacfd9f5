/** A container as a unit of systemd: what it is to be asked for. Pure. */
import type { Config } from '../../../spec/types.ts'
import type { DevicePolicy } from '../devices/plan.ts'
import type { Layout } from '../layout.ts'
import { annotatedProperties, type AnnotatedProperty } from './annotations.ts'
import { deviceProperties } from './devices.ts'
import { unitLimits } from './limits.ts'
import { flag, text, type Property } from './property.ts'
import { planUnit } from './unit.ts'

/** What the plan has to know about the systemd that is asked. */
export interface SystemdFacts {
  /** The user's own, not the system's. */
  readonly user: boolean
  /** The cgroup that its units are in. */
  readonly cgroup: string
  /** Of a user's: the kernel lets the system's systemd alone move processes there from where we are. */
  readonly isFar?: boolean
}

export interface UnitPlan {
  readonly unit: string
  readonly user: boolean
  /** A scope begins with a process; a slice has none of its own. */
  readonly isScope: boolean
  /** Nobody can be born in it: see {@link SystemdFacts}. */
  readonly isFar: boolean
  /** Its cgroup, below the hierarchies' roots. */
  readonly path: string
  /** From the start. */
  readonly properties: readonly Property[]
  /** Those of `properties` that the user asked for by name. */
  readonly annotations: readonly AnnotatedProperty[]
  /** Once the container waits in it. */
  readonly late: readonly Property[]
}

/** @throws Failure for a cgroupsPath, an annotation or limits that systemd would not take */
export const planSystemd = (
  config: Config,
  id: string,
  mode: Layout['mode'],
  devices: DevicePolicy,
  { user, cgroup, isFar = false }: SystemdFacts,
): UnitPlan => {
  const { cgroupsPath = '', resources = {} } = config.linux ?? {}
  const { name, slice, path } = planUnit(cgroupsPath, id, user)
  const isScope = name.endsWith('.scope')
  const annotations = annotatedProperties(config.annotations)
  const { early, late } = unitLimits(resources, { mode })
  return {
    unit: name,
    user,
    isScope,
    isFar,
    path: `${cgroup === '/' ? '' : cgroup}${path}`,
    properties: [
      text('Description', `container ${id}`),
      // What is below belongs to the container: systemd keeps its hands off.
      ...(isScope ? [text('Slice', slice), flag('Delegate', true)] : []),
      ...ACCOUNTING.map((what) => flag(`${what}Accounting`, true)),
      flag('DefaultDependencies', false),
      ...early,
      ...annotations,
    ],
    annotations,
    late: [...late, ...(user ? [] : deviceProperties(devices))],
  }
}

/** Statistics want the controllers even where there are no limits. */
const ACCOUNTING = ['CPU', 'Memory', 'IO', 'Tasks'] as const
