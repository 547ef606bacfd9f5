// Generated from schema/ by `npm run generate`: change the schemas instead.

import type { State, Features } from './types.ts'

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

export const validateState: Validator<State>
export const validateFeatures: Validator<Features>
