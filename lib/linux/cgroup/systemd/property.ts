/** A unit's property, as StartTransientUnit and SetUnitProperties take it. Pure. org.freedesktop.systemd1(5). */
import type { Variant } from '../../../sys/bus-message.ts'

export interface Property extends Variant {
  readonly name: string
  /** The version of systemd that brought it; an older one is not told. */
  readonly since?: number
}

/** No limit, to systemd. */
export const INFINITY = 2n ** 64n - 1n

export const text = (name: string, value: string): Property => ({ name, signature: 's', value })
export const flag = (name: string, value: boolean): Property => ({ name, signature: 'b', value })
export const number = (name: string, value: bigint, since?: number): Property => ({
  name,
  signature: 't',
  value,
  ...(since === undefined ? {} : { since }),
})
