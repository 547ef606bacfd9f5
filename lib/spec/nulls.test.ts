import t from 'tap'
import { readSchemas, type Json, type Schema } from '../../schema/read.ts'
import { Failure } from '../failure.ts'
import { parseConfig, parseProcess, parseResources } from './load.ts'
import { maps, withoutNulls } from './nulls.ts'
import { parseSavedConfig } from './saved.ts'

const messageOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  throw new Error('it does not fail')
}

t.test('a property that is null is absent', (t) => {
  const cases: readonly (readonly [written: unknown, read: unknown])[] = [
    [{ a: null, b: { c: null, d: 1 } }, { b: { d: 1 } }],
    [{ a: [{ b: null }, { b: 2 }] }, { a: [{}, { b: 2 }] }],
    [{ a: [null] }, { a: [null] }],
    [null, null],
    [{ sysctl: null }, {}],
    [{ sysctl: { a: null } }, { sysctl: { a: null } }],
    [{ netDevices: { eth0: { name: null } } }, { netDevices: { eth0: {} } }],
    [{ annotations: { sysctl: null } }, { annotations: { sysctl: null } }],
    [{ n: 2n ** 60n }, { n: 2n ** 60n }],
  ]
  for (const [written, read] of cases) t.same(withoutNulls(written), read)
  const odd = JSON.parse('{"__proto__": {"a": null}}') as object
  t.equal(JSON.stringify(withoutNulls(odd)), '{"__proto__":{}}')
  t.end()
})

t.test('in every document', (t) => {
  const text = `{
    "ociVersion": "1.0.0", "root": {"path": "rootfs", "readonly": null}, "mounts": null, "hooks": {"prestart": null},
    "process": {"cwd": "/", "args": ["sh"], "env": null, "capabilities": null, "oomScoreAdj": null},
    "linux": {"timeOffsets": null, "namespaces": [{"type": "pid", "path": null}], "resources": {"memory": {"limit": null}}}
  }`
  const config = {
    ociVersion: '1.0.0',
    root: { path: 'rootfs' },
    hooks: {},
    process: { cwd: '/', args: ['sh'] },
    linux: { namespaces: [{ type: 'pid' }], resources: { memory: {} } },
  }
  t.same(parseConfig(text), config)
  t.same(parseSavedConfig(text), config)
  const large = text.replace('"limit": null', '"limit": 9223372036854775807, "swap": null')
  t.same(parseConfig(large).linux?.resources?.memory, { limit: 9223372036854775807n })
  t.same(parseProcess('{"cwd": "/", "args": ["sh"], "user": null}', 'p'), {
    cwd: '/',
    args: ['sh'],
  })
  t.same(parseResources('{"pids": null, "memory": {"swap": 5}}', 'r'), { memory: { swap: 5 } })
  t.end()
})

t.test('what may not be absent may not be null', (t) => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ['"root": {"path": null}', /:1:33 {2}\/root {2}expected the property "path"\n.*null counts as/],
    ['"process": {"cwd": "/", "args": [null]}', /\/process\/args\/0 {2}.*got null/],
    ['"mounts": [null]', /\/mounts\/0 {2}expected an object, got null\n.*leave it out/],
    ['"linux": {"sysctl": {"a": null}}', /\/linux\/sysctl\/a {2}expected a string, got null/],
    [`"a": ${'['.repeat(99_999)}null${']'.repeat(99_999)}`, /at most 500 levels of nesting/],
    ['"hostname": null, "hostname": null', /\/hostname {2}expected each name once/],
  ]
  for (const [property, message] of cases) {
    t.match(
      messageOf(() => parseConfig(`{"ociVersion": "1.0.0", ${property}}`)),
      message,
    )
  }
  t.end()
})

t.test('the maps are those of the schemas', (t) => {
  const schemas = readSchemas()
  const isMap = ({ $ref, additionalProperties }: Schema): boolean =>
    $ref === 'values.json#/$defs/stringMap' || typeof additionalProperties === 'object'
  const found = new Set<string>()
  const search = (json: Json): void => {
    if (json === null || typeof json !== 'object') return
    if (Array.isArray(json)) return json.forEach(search)
    const { properties } = json
    if (properties !== null && typeof properties === 'object' && !Array.isArray(properties)) {
      for (const [name, property] of Object.entries(properties)) {
        if (isMap(property as Schema)) found.add(name)
      }
    }
    Object.values(json).forEach(search)
  }
  for (const schema of schemas.values()) search(schema)
  t.same([...maps].toSorted(), [...found].toSorted())
  t.end()
})
