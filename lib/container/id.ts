/** Container ids: what may be one. */
import { Failure } from '../failure.ts'

const VALID = /^[A-Za-z0-9_+.-]+$/

/** An id is a directory's name: `..` or a slash would lead out of the state root. @throws Failure */
export const checkId = (id: string): void => {
  if (VALID.test(id) && id !== '.' && id !== '..') return
  throw new Failure('invalid container ID format', {
    code: 'INVALID_ID',
    hint: `${JSON.stringify(id)} is not made of letters, digits and _ + . - alone`,
  })
}
