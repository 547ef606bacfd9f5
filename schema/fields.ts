/** Every property that the schemas of this folder know, by its path: `process.rlimits[].type`. */
import { readSchemas, type Json, type Schema } from './read.ts'

const schemas = readSchemas()

const isSchema = (json: Json | undefined): json is Schema =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/** @param file that the reference stands in */
const resolve = (reference: string, file: string): readonly [schema: Schema, file: string] => {
  const [name = '', pointer = ''] = reference.split('#')
  const target = name === '' ? file : name
  let schema: Json | undefined = schemas.get(target)
  for (const step of pointer.split('/').filter(Boolean)) {
    schema = isSchema(schema) ? schema[step] : undefined
  }
  if (!isSchema(schema)) throw new Error(`no schema ${reference} of ${file}`)
  return [schema, target]
}

/** Depth first, in the order of the files; an object comes before what it has. */
const walk = (schema: Schema, file: string, path: string): readonly string[] => {
  const { $ref, properties, items, additionalProperties } = schema
  const below: string[] = []
  if (typeof $ref === 'string') {
    const [target, where] = resolve($ref, file)
    below.push(...walk(target, where, path))
  }
  if (isSchema(properties)) {
    for (const [name, property] of Object.entries(properties)) {
      const inner = path === '' ? name : `${path}.${name}`
      below.push(inner, ...(isSchema(property) ? walk(property, file, inner) : []))
    }
  }
  if (isSchema(items)) below.push(...walk(items, file, `${path}[]`))
  if (isSchema(additionalProperties)) below.push(...walk(additionalProperties, file, `${path}{}`))
  return below
}

/** @param name of a schema: `config.json` */
export const fieldsOf = (name: string): readonly string[] => [
  ...new Set(walk(schemas.get(name)!, name, '')),
]
