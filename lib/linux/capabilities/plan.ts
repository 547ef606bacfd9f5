/** The five capability sets as bit sets, and what of them cannot be granted. Pure. capabilities(7) */
import type { Capabilities } from '../../spec/types.ts'
import { capabilityNames } from './table.ts'

export interface CapabilityPlan {
  readonly bounding: bigint
  readonly effective: bigint
  readonly permitted: bigint
  readonly inheritable: bigint
  readonly ambient: bigint
  /** The bounding set as it is before: what has to be dropped is counted from here. */
  readonly available: bigint
  /** What cannot be granted and why: the spec wants a warning, not an error. */
  readonly warnings: readonly string[]
}

const bit = (name: string): bigint => {
  const number = (capabilityNames as readonly string[]).indexOf(name)
  return number < 0 ? 0n : 1n << BigInt(number)
}

const bits = (names: readonly string[] = []): bigint =>
  names.reduce((set, name) => set | bit(name), 0n)

const namesIn = (set: bigint): readonly string[] =>
  set === 0n ? [] : capabilityNames.filter((_, i) => (set >> BigInt(i)) & 1n)

/** One line for all that share a reason. */
const warning = (names: readonly string[], reason: string): readonly string[] =>
  names.length > 0 ? [`capabilities not granted: ${names.join(', ')} (${reason})`] : []

/**
 * Absent sets are empty, as with runc. An ambient capability must be permitted and inheritable; one that
 * is not is left out, where the kernel would refuse the whole start.
 * @param available this process's bounding set: nothing outside it can be granted
 */
export const planCapabilities = (sets: Capabilities = {}, available: bigint): CapabilityPlan => {
  const names = [...new Set(Object.values(sets).flat() as string[])]
  const unknown = names.filter((name) => bit(name) === 0n)
  const wanted = bits(names)
  const denied = wanted & ~available
  const permitted = bits(sets.permitted) & available
  const inheritable = bits(sets.inheritable) & available
  const ambient = bits(sets.ambient) & available
  const effective = bits(sets.effective) & available
  const warnings = [
    ...warning(unknown, 'unknown to this kernel'),
    ...warning(namesIn(denied), 'not ours to give'),
    ...warning(namesIn(effective & ~permitted), 'effective, yet not permitted'),
    ...namesIn(ambient & ~(permitted & inheritable)).map(
      (name) => `can't raise ambient capability ${name}: it is not permitted and inheritable`,
    ),
  ]
  return {
    bounding: bits(sets.bounding) & available,
    effective: effective & permitted,
    permitted,
    inheritable,
    ambient: ambient & permitted & inheritable,
    available,
    warnings,
  }
}
