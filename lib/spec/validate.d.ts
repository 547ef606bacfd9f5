// Generated from schema/ by `npm run generate`: change the schemas instead.

import type { Config, Process, Resources } from './types.ts'

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

export const validateConfig: Validator<Config>
export const validateProcess: Validator<Process>
export const validateResources: Validator<Resources>
