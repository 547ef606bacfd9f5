/** TypeScript types out of the schemas: one for each `title`. */
import { compile } from 'json-schema-to-typescript'
import { readSchemas, rewrite, type Json, type Schema } from './read.ts'

const header = '// Generated from schema/ by `npm run generate`: change the schemas instead.\n'

const values = 'values.json#/$defs/'

/** `process.json#/$defs/user` in any file, and `#/$defs/user` in process.json, become `process.json/user`. */
const definitionName = (ref: string, file: string): string => {
  const [name, pointer = ''] = (ref.startsWith('#') ? file + ref : ref).split('#')
  return `${name}${pointer.replace('/$defs', '')}`
}

/** One schema with all the others as its definitions, so that a thing that is used twice is one type. */
const bundle = (): Schema => {
  const schemas = readSchemas()
  const scalars = schemas.get('values.json')?.['$defs'] as Schema
  const inline = (json: Json, file: string): Json =>
    rewrite(json, (object) => {
      const ref = object['$ref']
      if (typeof ref !== 'string') return object
      if (ref.startsWith(values)) return scalars[ref.slice(values.length)] ?? null
      return { $ref: `#/$defs/${definitionName(ref, file).replaceAll('/', '~1')}` }
    })
  const definitions: Schema = {}
  for (const [file, { $defs = {}, $schema: _, $id: __, ...schema }] of schemas) {
    if (file === 'values.json') continue
    definitions[file] = inline(schema, file)
    for (const [name, definition] of Object.entries($defs as Schema)) {
      definitions[`${file}/${name}`] = inline(definition, file)
    }
  }
  return {
    title: 'SpecDocument',
    anyOf: ['config', 'state', 'features'].map((name) => ({ $ref: `#/$defs/${name}.json` })),
    $defs: definitions,
  }
}

export const types = async (): Promise<string> =>
  compile(bundle(), 'SpecDocument', {
    additionalProperties: false,
    bannerComment: header,
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 100, trailingComma: 'all' },
  })
