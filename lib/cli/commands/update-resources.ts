/** From the options of `update`, or the document they name, to the resources it sets. */
import type { RdtSchemas } from '../../container/update-rdt.ts'
import { doing } from '../../failure.ts'
import { parseResources } from '../../spec/load.ts'
import { readDocument } from '../../spec/read-document.ts'
import type { Resources } from '../../spec/types.ts'
import { readAll } from '../../sys/text-file.ts'
import { usage } from '../argv.ts'
import type { Options, Values } from '../option.ts'

export const updateOptions = {
  resources: {
    type: 'string',
    alias: 'r',
    describe: 'file with linux.resources as JSON, - for stdin; other options do not count then',
  },
  'blkio-weight': { type: 'integer', default: 0, describe: 'share of block I/O, 10 to 1000' },
  'cpu-period': { type: 'string', describe: 'CFS period in µs, 0 for the default' },
  'cpu-quota': { type: 'string', describe: 'CPU time in µs within a period' },
  'cpu-burst': { type: 'string', describe: 'unused CPU time in µs that may be spent later' },
  'cpu-share': { type: 'string', describe: 'weight against other containers' },
  'cpu-rt-period': { type: 'string', describe: 'realtime period in µs, 0 for the default' },
  'cpu-rt-runtime': { type: 'string', describe: 'realtime CPU time in µs within a period' },
  'cpu-idle': { type: 'string', describe: '1: run only when nothing else wants to' },
  'cpuset-cpus': { type: 'string', describe: 'CPUs to use: 0-3,7' },
  'cpuset-mems': { type: 'string', describe: 'memory nodes to use' },
  memory: { type: 'string', describe: 'limit in bytes; k, m, g, t and p allowed' },
  'memory-reservation': { type: 'string', describe: 'soft limit in bytes' },
  'memory-swap': { type: 'string', describe: 'limit of memory and swap together, -1 for none' },
  'pids-limit': { type: 'string', describe: 'most processes at a time, -1 for no limit' },
  'l3-cache-schema': { type: 'string', describe: 'Intel RDT: L3 cache schema' },
  'mem-bw-schema': { type: 'string', describe: 'Intel RDT: memory bandwidth schema' },
  'kernel-memory': { type: 'string', describe: 'ignored', hidden: true },
  'kernel-memory-tcp': { type: 'string', describe: 'ignored', hidden: true },
} as const satisfies Options

type UpdateValues = Values<typeof updateOptions>

const powers = 'kmgtp'

/** `-1`, `4096`, `512m`, `1.5GiB`: units are powers of 1024. */
export const parseBytes = (text: string): number | undefined => {
  if (text === '-1') return -1
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text)
  if (!match) return undefined
  const power = powers.indexOf((match[2] ?? '').toLowerCase() || ' ') + 1
  return Math.floor(Number(match[1]) * 1024 ** power)
}

const parseWhole = (text: string): number | undefined =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined

type Parse = (text: string) => number | string | undefined

/** Where each option goes. */
const table: readonly (readonly [keyof UpdateValues, keyof Resources, string, Parse])[] = [
  ['cpu-period', 'cpu', 'period', parseWhole],
  ['cpu-quota', 'cpu', 'quota', parseWhole],
  ['cpu-burst', 'cpu', 'burst', parseWhole],
  ['cpu-share', 'cpu', 'shares', parseWhole],
  ['cpu-rt-period', 'cpu', 'realtimePeriod', parseWhole],
  ['cpu-rt-runtime', 'cpu', 'realtimeRuntime', parseWhole],
  ['cpu-idle', 'cpu', 'idle', parseWhole],
  ['cpuset-cpus', 'cpu', 'cpus', String],
  ['cpuset-mems', 'cpu', 'mems', String],
  ['memory', 'memory', 'limit', parseBytes],
  ['memory-reservation', 'memory', 'reservation', parseBytes],
  ['memory-swap', 'memory', 'swap', parseBytes],
  ['blkio-weight', 'blockIO', 'weight', parseWhole],
  ['pids-limit', 'pids', 'limit', parseWhole],
]

/** Empty and 0 are what an option is that was not given. */
const fromOptions = (values: UpdateValues): Resources => {
  const resources: Record<string, Record<string, number | string>> = {}
  for (const [option, group, property, parse] of table) {
    const text = String(values[option] ?? '')
    const number = typeof values[option] === 'number'
    if (text === '' || (number && text === '0')) continue
    const value = parse(text)
    if (value === undefined) throw usage(`invalid value for ${option}: "${text}"`)
    resources[group] = { ...resources[group], [property]: value }
  }
  return resources
}

const fromDocument = (file: string): Resources => {
  const text = file === '-' ? readAll(0) : doing(`read ${file}`, () => readDocument(file, file))
  return parseResources(text, file === '-' ? 'stdin' : file)
}

/** As with runc these count beside a document, too. */
export const readSchemas = (values: UpdateValues): RdtSchemas => ({
  ...(values['l3-cache-schema'] && { l3CacheSchema: values['l3-cache-schema'] }),
  ...(values['mem-bw-schema'] && { memBwSchema: values['mem-bw-schema'] }),
})

/** @throws {Failure} USAGE, CONFIG_INVALID */
export const readResources = (values: UpdateValues): Resources =>
  values.resources ? fromDocument(values.resources) : fromOptions(values)
