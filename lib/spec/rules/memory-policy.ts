/** NUMA memory policy: what goes together. Pure. set_mempolicy(2) */
import { show } from '../problem.ts'
import type { Config, MemoryPolicy } from '../types.ts'
import type { Report } from './rule.ts'

const pointer = '/linux/memoryPolicy'

/** Whether a mode has nodes; to the others they are optional. */
const hasNodes: Readonly<Partial<Record<MemoryPolicy['mode'], boolean>>> = {
  MPOL_DEFAULT: false,
  MPOL_LOCAL: false,
  MPOL_BIND: true,
  MPOL_INTERLEAVE: true,
  MPOL_WEIGHTED_INTERLEAVE: true,
  MPOL_PREFERRED_MANY: true,
}

/** Of the largest kernel, CONFIG_NODES_SHIFT. */
const MAX_NODE = 1023

/** An empty part is none. */
const isNodes = (part: string): boolean => {
  if (part.trim() === '') return true
  const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? []
  return first !== undefined && Number(first) <= Number(last) && Number(last) <= MAX_NODE
}

export const memoryPolicy = ({ linux }: Config, report: Report): void => {
  const { mode, nodes = '', flags = [] } = linux?.memoryPolicy ?? {}
  if (mode === undefined) return
  const wanted = hasNodes[mode]
  if (wanted === true && nodes === '') {
    report({
      pointer,
      expected: `nodes for ${mode}`,
      got: 'none',
      hint: 'for example "nodes": "0-1"',
    })
  }
  if (wanted === false && nodes !== '') {
    report({ pointer: `${pointer}/nodes`, expected: `no nodes for ${mode}`, got: show(nodes) })
  }
  if (!nodes.split(',').every(isNodes)) {
    report({
      pointer: `${pointer}/nodes`,
      expected: `a list of nodes like 0-3,7 up to ${MAX_NODE}`,
      got: show(nodes),
    })
  }
  if (flags.includes('MPOL_F_STATIC_NODES') && flags.includes('MPOL_F_RELATIVE_NODES')) {
    const expected = 'one of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES'
    report({ pointer: `${pointer}/flags`, expected, got: 'both' })
  }
}
