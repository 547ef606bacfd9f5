/**
 * Validators out of the schemas: plain functions without imports, in a file that is cheap to load.
 *
 * ajv writes them; three things are then taken out that cost time at every start of tsrun: copies of
 * the schemas, arguments that nobody reads, and annotations. 64-bit integers get a check of their own,
 * for JSON Schema knows neither bigint nor that a double rounds 2^64-1.
 */
import { _, Ajv, Name, type KeywordCxt } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { readSchemas, rewrite, type Json, type Schema } from './read.ts'

const header = `// Generated from schema/ by \`npm run generate\`: change the schemas instead.
`

const values = 'values.json#/$defs/'
const annotations = new Set(['title', 'description', 'tsType', '$schema'])

/** In the words of the generated file. A number has passed if no integer near it was rounded. */
const wide: Readonly<Record<string, string>> = {
  int64: `function int64(n) {
  if (typeof n === 'bigint') return n >= -0x8000000000000000n && n <= 0x7fffffffffffffffn;
  return Number.isInteger(n) && n >= -0x8000000000000000 && n < 0x8000000000000000;
}
`,
  uint64: `function uint64(n) {
  if (typeof n === 'bigint') return n >= 0n && n <= 0xffffffffffffffffn;
  return Number.isInteger(n) && n >= 0 && n < 0x10000000000000000;
}
`,
}

/** Drops annotations (a property may be called `title` too: only strings are annotations), inlines values.json. */
const prepare = (schemas: Map<string, Schema>): Json[] => {
  const scalars = schemas.get('values.json')?.['$defs'] as Schema
  const replace = (object: Schema): Json => {
    const ref = object['$ref']
    if (typeof ref === 'string' && ref.startsWith(values)) {
      const name = ref.slice(values.length)
      return name in wide ? { [name]: true } : replace(scalars[name] as Schema)
    }
    return Object.fromEntries(
      Object.entries(object).filter(([k, v]) => !annotations.has(k) || typeof v !== 'string'),
    )
  }
  return [...schemas]
    .filter(([file]) => file !== 'values.json')
    .map(([, schema]) => rewrite(schema, replace))
}

const generate = (names: readonly string[]): string => {
  const schemas = readSchemas()
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    inlineRefs: false,
    strictTypes: false,
    code: { source: true, esm: true, lines: true },
  })
  for (const keyword of Object.keys(wide)) {
    const check = new Name(keyword)
    ajv.addKeyword({ keyword, code: (cxt: KeywordCxt) => cxt.pass(_`${check}(${cxt.data})`) })
  }
  for (const schema of prepare(schemas)) ajv.addSchema(schema as Schema)
  const exported = names.map((name) => [`validate${name}`, `${name.toLowerCase()}.json`] as const)
  return standalone.default(ajv, Object.fromEntries(exported))
}

/** `schema12.properties.type.enum`, the one use of the copies of schemas, becomes the list itself. */
const inlineEnums = (code: string): string => {
  const copies = new Map(
    [...code.matchAll(/^const (schema\d+) = (.*);$/gm)].map(([, name, json]) => [
      name,
      JSON.parse(json ?? '') as Schema,
    ]),
  )
  return code
    .replace(/^const schema\d+ = .*;\n/gm, '')
    .replace(/allowedValues: (schema\d+)([.\w]*)/g, (_match, name: string, path: string) => {
      let at: Json | undefined = copies.get(name)
      for (const key of path.split('.').slice(1)) at = (at as Schema)[key]
      return `allowedValues: ${JSON.stringify(at)}`
    })
}

const slim = (code: string): string =>
  inlineEnums(code)
    .replace(/^"use strict";\n/, '')
    .replaceAll(
      '{instancePath="", parentData, parentDataProperty, rootData=data}={}',
      'instancePath=""',
    )
    .replace(/\{instancePath:(.*?),parentData:[^\n]*?,rootData\}/g, '$1')

/** Fails rather than writes a file that needs ajv at run time or that the rewriting has not understood. */
const assertPlain = (code: string): string => {
  const left = /require\(|^import |parentData|rootData|schema\d+\b/m.exec(code)
  if (left) throw new Error(`the validators contain ${JSON.stringify(left[0])}`)
  return code
}

const declarations = (names: readonly string[]): string => `${header}
import type { ${names.join(', ')} } from './types.ts'

/** One violation of the schema, as ajv tells it. */
export interface SchemaError {
  /** JSON pointer of the offending value. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface Validator<T> {
  (data: unknown): data is T
  /** All violations found by the last call. */
  readonly errors?: readonly SchemaError[] | null
}

${names.map((name) => `export const validate${name}: Validator<${name}>`).join('\n')}
`

/** The two files of a set of validators, `validate.js` and `validate.d.ts`. */
export const validators = (
  file: string,
  names: readonly string[],
): ReadonlyArray<readonly [name: string, content: string]> => {
  const code = assertPlain(slim(generate(names)))
  const used = Object.entries(wide).filter(([name]) => code.includes(`${name}(`))
  return [
    [`${file}.js`, `${header}\n${code}\n${used.map(([, source]) => source).join('\n')}`],
    [`${file}.d.ts`, declarations(names)],
  ]
}
