/** Reads the schemas of this folder. They point at each other by file name, `process.json#/$defs/user`. */
import { readdirSync, readFileSync } from 'node:fs'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Schema = { [key: string]: Json }

const folder = new URL('./', import.meta.url)

/** Every schema by its file name. */
export const readSchemas = (): Map<string, Schema> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Schema]),
  )

/** A copy of `json` in which `replace` has seen every object, outermost first. */
export const rewrite = (json: Json, replace: (object: Schema) => Json): Json => {
  if (Array.isArray(json)) return json.map((item) => rewrite(item, replace))
  if (json === null || typeof json !== 'object') return json
  const replaced = replace(json)
  if (replaced === null || typeof replaced !== 'object' || Array.isArray(replaced)) return replaced
  return Object.fromEntries(
    Object.entries(replaced).map(([key, value]) => [key, rewrite(value, replace)]),
  )
}
