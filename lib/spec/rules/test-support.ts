/** For the tests of the rules: variations of the default config, and the errors they cause. */
import { inspect } from 'node:util'
import type { Test } from 'tap'
import { Failure } from '../../failure.ts'
import { defaultConfig } from '../default.ts'
import { pointerSegments } from '../json/parse.ts'
import { parseConfig } from '../load.ts'

export type Settings = Readonly<Record<string, unknown>>
type Part = Record<string, unknown>

const base = (): Part => {
  const { hostname: _, ...config } = defaultConfig()
  return config as unknown as Part
}

/** The default config with other values at these pointers; undefined takes away, `-` appends. */
export const configWith = (settings: Settings): string => {
  const config = base()
  for (const [pointer, value] of Object.entries(settings)) {
    const path = pointerSegments(pointer)
    const last = path.pop() ?? ''
    let part: Part = config
    for (const name of path) part = (part[name] ??= {}) as Part
    if (last === '-') (part as unknown as unknown[]).push(value)
    else if (value === undefined) delete part[last]
    else part[last] = value
  }
  const numbers = (_name: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `BIG${value}` : value
  return JSON.stringify(config, numbers).replace(/"BIG(-?\d+)"/g, '$1')
}

export const errors = (text: string): string[] => {
  try {
    parseConfig(text)
    return []
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const lines = error.message.split('\n').filter((line) => line.startsWith('  config.json:'))
    return lines.map((line) => (line.trim().split('  ')[1] ?? '').replace(/^expected.*/, ''))
  }
}

/** What is set, and the pointers of all errors that this causes. */
export type Row = readonly [settings: Settings, ...pointers: readonly string[]]

export const checkTable = (t: Test, table: Readonly<Record<string, readonly Row[]>>): void => {
  for (const [name, rows] of Object.entries(table)) {
    t.test(name, (t) => {
      for (const [settings, ...pointers] of rows) {
        t.same(errors(configWith(settings)).toSorted(), pointers.toSorted(), inspect(settings))
      }
      t.end()
    })
  }
}

export const namespaces = (...types: readonly string[]): unknown => types.map((type) => ({ type }))
export const most = ['pid', 'network', 'ipc', 'uts', 'mount']
export const map = (containerID: number, hostID: number, size: number): unknown => ({
  containerID,
  hostID,
  size,
})
export const whole = [map(0, 100_000, 65_536)]
export const mappings = { '/linux/uidMappings': whole, '/linux/gidMappings': whole }
export const userns = { '/linux/namespaces': namespaces(...most, 'user') }
export const device = (more: Settings): Settings => ({
  '/linux/devices': [{ type: 'c', path: '/dev/x', major: 1, minor: 3, ...more }],
})
export const seccomp = (more: Settings): Settings => ({
  '/linux/seccomp': { defaultAction: 'SCMP_ACT_ALLOW', ...more },
})
export const call = (more: Settings): Settings =>
  seccomp({ syscalls: [{ names: ['read'], ...more }] })
export const scheduler = (more: Settings): Settings => ({ '/process/scheduler': more })
