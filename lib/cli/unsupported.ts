import { Failure } from '../failure.ts'

/** For commands that are known and do nothing. */
export const unsupported = (name: string): never => {
  throw new Failure(`tsrun does not support ${name}`, { code: 'UNSUPPORTED' })
}
