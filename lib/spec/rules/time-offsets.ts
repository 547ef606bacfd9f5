/** Clock offsets. Pure. time_namespaces(7) */
import type { Config } from '../types.ts'
import { addNamespace, isJoined, namespaceOf } from './namespaces.ts'
import type { Report } from './rule.ts'

const second = 1_000_000_000

export const timeOffsets = ({ linux }: Config, report: Report): void => {
  for (const clock of ['monotonic', 'boottime'] as const) {
    const nanosecs = linux?.timeOffsets?.[clock]?.nanosecs ?? 0
    if (nanosecs < second) continue
    const pointer = `/linux/timeOffsets/${clock}/nanosecs`
    report({ pointer, expected: `less than ${second}`, got: `${nanosecs}` })
  }
}

/** Offsets can be set only while nobody is in the namespace yet. */
export const timeOffsetsNamespace = (config: Config, report: Report): void => {
  const { monotonic, boottime } = config.linux?.timeOffsets ?? {}
  if (monotonic === undefined && boottime === undefined) return
  const time = namespaceOf(config, 'time')
  if (time !== undefined && !isJoined(time)) return
  report({
    pointer: '/linux/timeOffsets',
    expected: 'a new time namespace for the offsets',
    got: time === undefined ? 'none' : `the existing one ${time.path}`,
    hint: time === undefined ? addNamespace('time') : undefined,
  })
}
