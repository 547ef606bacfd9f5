// Generated from schema/ by `npm run generate`: change the schemas instead.

/** One violation of the schema, as ajv tells it. */
export interface Violation {
  /** JSON pointer of the offending value. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

export type DocumentName = 'Config' | 'Process' | 'Resources' | 'State' | 'Features'

/** For each kind of document, what finds all violations in one. */
export const validators: () => Readonly<
  Record<DocumentName, (data: unknown) => readonly Violation[]>
>
