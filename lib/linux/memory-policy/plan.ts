/** NUMA memory policy: a call for the stub. Pure. set_mempolicy(2) */
import type { MemoryPolicy } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'

export const memoryPolicyModes: Readonly<Record<MemoryPolicy['mode'], number>> = {
  MPOL_DEFAULT: 0,
  MPOL_PREFERRED: 1,
  MPOL_BIND: 2,
  MPOL_INTERLEAVE: 3,
  MPOL_LOCAL: 4,
  MPOL_PREFERRED_MANY: 5,
  MPOL_WEIGHTED_INTERLEAVE: 6,
}

export const memoryPolicyFlags: Readonly<
  Record<NonNullable<MemoryPolicy['flags']>[number], number>
> = {
  MPOL_F_NUMA_BALANCING: 1 << 13,
  MPOL_F_RELATIVE_NODES: 1 << 14,
  MPOL_F_STATIC_NODES: 1 << 15,
}

/** What the kernel reads at most: CONFIG_NODES_SHIFT is 10 or less. */
const MAX_NODES = 1024

/** `0-2,7` as a bit set. */
const nodeMask = (nodes: string): Buffer => {
  const mask = Buffer.alloc(MAX_NODES / 8)
  for (const part of nodes.split(',').filter((text) => text.trim() !== '')) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let node = first; node <= Math.min(last, MAX_NODES - 1); node++) {
      mask[node >> 3]! |= 1 << (node & 7)
    }
  }
  return mask
}

export const memoryPolicyCalls = (policy: MemoryPolicy | undefined): readonly StubCall[] => {
  if (policy === undefined) return []
  const { mode, nodes = '', flags = [] } = policy
  const value = flags.reduce((set, flag) => set | memoryPolicyFlags[flag], memoryPolicyModes[mode])
  // The kernel counts one bit less than it is told.
  const mask = nodes === '' ? [0, 0] : [{ bytes: nodeMask(nodes) }, MAX_NODES + 1]
  return [
    {
      call: 'set_mempolicy',
      args: [value, ...mask],
      doing: `set memory policy ${mode}`,
      pointer: '/linux/memoryPolicy',
    },
  ]
}
