/** Annotations `org.systemd.property.NAME`: properties of the unit that the config has no field for. Pure. */
import { invalid } from '../limits/limit.ts'
import { parseVariant } from './gvariant.ts'
import type { Property } from './property.ts'

const PREFIX = 'org.systemd.property.'

/** Types that a number of seconds may be written in. */
const NUMBERS = 'ynqiuxtd'

export interface AnnotatedProperty extends Property {
  /** JSON pointer into config.json. */
  readonly pointer: string
}

/** @throws Failure with the pointer of an annotation that cannot be read */
export const annotatedProperties = (
  annotations: Readonly<Record<string, string>> = {},
): readonly AnnotatedProperty[] =>
  Object.entries(annotations)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([key, text]) => {
      const pointer = `/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const name = key.slice(PREFIX.length)
      // The letters of a property's name alone: nothing that another annotation could hide in.
      if (!/^[A-Za-z]{3,}$/.test(name)) {
        throw invalid(`"${name}" is not the name of a systemd property`, pointer)
      }
      try {
        return { ...inMicroseconds({ name, ...parseVariant(text) }), pointer }
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        throw invalid(
          `systemd property ${name}: ${error.message}`,
          pointer,
          `values look like 'text', true, uint64 5 or ['a', 'b']`,
        )
      }
    })

/** `TimeoutStopSec` is a name of unit files: on the bus it is TimeoutStopUSec, in microseconds. */
const inMicroseconds = (property: Property): Property => {
  const { name, signature, value } = property
  if (!/[a-z]Sec$/.test(name) || !NUMBERS.includes(signature)) return property
  const microseconds = BigInt(Math.round(Number(value) * 1e6))
  return { name: name.replace(/Sec$/, 'USec'), signature: 't', value: microseconds }
}
