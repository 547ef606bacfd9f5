/** What this machine may give to containers, capabilities(7). */
import { readFileSync } from 'node:fs'

const held = (): bigint =>
  BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`)

const last = (): number => Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))

export const hasAllCapabilities = (): boolean => held() === (1n << BigInt(last() + 1)) - 1n

const CAP_SYS_RESOURCE = 24n

/** Without it nobody may lower oom_score_adj or raise a hard limit. */
export const maySetResources = (): boolean => ((held() >> CAP_SYS_RESOURCE) & 1n) === 1n
