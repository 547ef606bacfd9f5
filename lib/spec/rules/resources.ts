/** Limits, as config.json and `update --resources` give them; pointers start at them. Pure. */
import { escapePointer } from '../json/parse.ts'
import { show } from '../problem.ts'
import type { Resources } from '../types.ts'
import { deviceRules } from './device-rules.ts'
import { each, type Report, type Rule } from './rule.ts'

const memory = ({ memory = {} }: Resources, report: Report): void => {
  for (const name of ['limit', 'reservation', 'swap', 'kernel', 'kernelTCP'] as const) {
    const value = memory[name]
    if (value === undefined || value >= -1) continue
    report({ pointer: `/memory/${name}`, expected: 'bytes, or -1 for no limit', got: show(value) })
  }
  const { swappiness } = memory
  if (swappiness !== undefined && swappiness > 100) {
    report({ pointer: '/memory/swappiness', expected: '0 to 100', got: show(swappiness) })
  }
}

/** `swap` is memory and swap together, so it makes no sense below `limit` or without one. */
const memorySwap = ({ memory }: Resources, report: Report): void => {
  const { limit = 0, swap = 0 } = memory ?? {}
  if (swap <= 0) return
  if (limit <= 0) {
    const hint = 'swap counts memory and swap together: set /linux/resources/memory/limit too'
    report({ pointer: '/memory/swap', expected: 'a memory limit with it', got: 'none', hint })
  } else if (swap < limit) {
    const hint = 'swap counts memory and swap together'
    report({
      pointer: '/memory/swap',
      expected: `at least the limit ${limit}`,
      got: show(swap),
      hint,
    })
  }
}

const millisecond = 1000
const second = 1_000_000

/** Lists of the kernel's bitmap parser: ranges, with a stride as `0-7:1/2`, `all`, `N` for the last. */
const cpuList = /^[\d\s,\-N:/]*$|^all$/

const cpu = ({ cpu = {} }: Resources, report: Report): void => {
  const { period = 0, quota = 0 } = cpu
  if (period !== 0 && (period < millisecond || period > second)) {
    const expected = `${millisecond} to ${second} microseconds`
    report({ pointer: '/cpu/period', expected, got: show(period) })
  }
  if (quota > 0 && quota < millisecond) {
    const expected = `at least ${millisecond} microseconds`
    report({ pointer: '/cpu/quota', expected, got: show(quota) })
  }
  for (const name of ['cpus', 'mems'] as const) {
    const list = cpu[name]
    if (list === undefined || cpuList.test(list)) continue
    report({ pointer: `/cpu/${name}`, expected: 'a list like 0-3,7', got: show(list) })
  }
}

const blockIo = ({ blockIO }: Resources, report: Report): void =>
  each(blockIO?.weightDevice, '/blockIO/weightDevice', ({ weight, leafWeight }, pointer) => {
    if (weight !== undefined || leafWeight !== undefined) return
    report({ pointer, expected: 'a weight or a leafWeight', got: 'neither' })
  })

const rdma = ({ rdma }: Resources, report: Report): void => {
  for (const [device, { hcaHandles, hcaObjects }] of Object.entries(rdma ?? {})) {
    if (hcaHandles !== undefined || hcaObjects !== undefined) continue
    const pointer = `/rdma/${escapePointer(device)}`
    report({ pointer, expected: 'hcaHandles or hcaObjects', got: 'neither' })
  }
}

/** The names are files of the cgroup: never a path out of it. */
const unified = ({ unified }: Resources, report: Report): void => {
  for (const file of Object.keys(unified ?? {})) {
    if (/^[^./]+\.[^/]+$/.test(file)) continue
    const pointer = `/unified/${escapePointer(file)}`
    report({ pointer, expected: 'a cgroup file like memory.high', got: show(file) })
  }
}

export const resourceRules: ReadonlyArray<Rule<Resources>> = [
  { about: ['devices'], check: deviceRules },
  { about: ['memory'], check: memory },
  { about: ['cpu'], check: cpu },
  { about: ['blockIO'], check: blockIo },
  { about: ['rdma'], check: rdma },
  { about: ['unified'], check: unified },
]

/** Only for a config: `update` changes one of the two and leaves the other. */
export const newResourceRules: ReadonlyArray<Rule<Resources>> = [
  ...resourceRules,
  { about: ['memory', 'swap'], check: memorySwap },
]
