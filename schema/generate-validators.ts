/**
 * Validators out of the schemas: plain functions without imports. There are two files.
 *
 * `validate.js` only says yes or no. Every start of a container loads and calls it, so ajv's reports and
 * bookkeeping are taken out. `validate-all.js` tells all violations of a document that was refused; it is
 * one big function, which costs nothing until it is called.
 *
 * 64-bit integers get a check of their own: JSON Schema knows no bigint, nor that a double rounds 2^64-1.
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

/** What ajv writes for these documents, each exported under its name. */
const generate = (names: readonly string[], allErrors: boolean): string => {
  const ajv = new Ajv({
    allErrors,
    messages: false,
    inlineRefs: false,
    strictTypes: false,
    code: { source: true, esm: true, lines: true },
  })
  for (const keyword of Object.keys(wide)) {
    const check = new Name(keyword)
    ajv.addKeyword({ keyword, code: (cxt: KeywordCxt) => cxt.pass(_`${check}(${cxt.data})`) })
  }
  for (const schema of prepare(readSchemas())) ajv.addSchema(schema as Schema)
  const exported = names.map((name) => [name, `${name.toLowerCase()}.json`] as const)
  const code = standalone.default(ajv, Object.fromEntries(exported))
  return inlineEnums(code.replace(/^"use strict";\n/, '')).replace(/\n{2,}/g, '\n')
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

const callContext = /\{instancePath:(.*?),parentData:[^\n]*?,rootData\}/g
const parameter = '{instancePath="", parentData, parentDataProperty, rootData=data}={}'

/**
 * Without errors and the paths to them. As long as the schemas have no `anyOf`, `not` and the like, any
 * failure decides, so that there is nothing to count either.
 */
const verdicts = (names: readonly string[]): string =>
  generate(names, false)
    .replaceAll(`, ${parameter}`, '')
    .replace(new RegExp(`, ${callContext.source}`, 'g'), '')
    .replace(/^validate\d+\.errors = .*;\n/gm, '')
    .replace(/^vErrors = vErrors === null \? .*;\nerrors = vErrors\.length;\n/gm, 'return false;\n')
    .replace(/^(?:let vErrors = null|let errors = 0|const _errs\d+ = errors);\n/gm, '')
    .replace(/^if\(errors === (?:0|_errs\d+)\)\{$/gm, '{')
    .replace(/^(var valid\d+ =) _errs\d+ === errors;$/gm, '$1 true;')
    .replace(/^return errors === 0;$/gm, 'return true;')
    .replace(/^export const (\w+) = /gm, 'export const is$1 = ')

/** With all errors; `violations.Config(data)` gives them. */
const reports = (names: readonly string[]): string => {
  const code = generate(names, true)
    .replaceAll(parameter, 'instancePath=""')
    .replace(callContext, '$1')
    .replace(/^export const (\w+) = (\w+);$/gm, 'const $1 = (data) => $2(data) ? [] : $2.errors;')
  return `export const validators = () => {
${withWide(code)}
return { ${names.join(', ')} };
};
`
}

const withWide = (code: string): string =>
  code +
  Object.entries(wide)
    .filter(([name]) => code.includes(`${name}(`))
    .map(([, source]) => source)
    .join('')

/** Fails rather than writes a file that needs ajv at run time or that the rewriting has not understood. */
const assertPlain = (code: string, traces: RegExp): string => {
  const left = traces.exec(code)
  if (left) throw new Error(`the validators contain ${JSON.stringify(left[0])}`)
  return `${header}\n${code}`
}

const needsAjv = /require\(|^import |parentData|rootData|schema\d+\b/m
const reportsErrors =
  /require\(|^import |instancePath|rootData|schema\d+\b|vErrors|_errs|\berrors\b/m

const verdictTypes = (names: readonly string[]): string => `${header}
import type { ${names.join(', ')} } from './types.ts'

${names.map((name) => `export const is${name}: (data: unknown) => data is ${name}`).join('\n')}
`

const reportTypes = (names: readonly string[]): string => `${header}
/** One violation of the schema, as ajv tells it. */
export interface Violation {
  /** JSON pointer of the offending value. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

export type DocumentName = ${names.map((name) => `'${name}'`).join(' | ')}

/** For each kind of document, what finds all violations in one. */
export const validators: () => Readonly<
  Record<DocumentName, (data: unknown) => readonly Violation[]>
>
`

/** @param hot documents whose validity is asked for at every start */
export const validators = (
  hot: readonly string[],
  all: readonly string[],
): ReadonlyArray<readonly [name: string, content: string]> => [
  ['validate.js', assertPlain(withWide(verdicts(hot)), reportsErrors)],
  ['validate.d.ts', verdictTypes(hot)],
  ['validate-all.js', assertPlain(reports(all), needsAjv)],
  ['validate-all.d.ts', reportTypes(all)],
]
