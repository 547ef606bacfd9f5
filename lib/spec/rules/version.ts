/** ociVersion: SemVer 2.0, and a major version that this runtime knows. Pure. */
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import type { Report } from './rule.ts'

/** What tsrun implements. */
export const specVersion = '1.3.0'

const semVer = /^(\d+)\.(\d+)\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/** Drafts before 1.0.0 are taken for 1.0.0, as by runc; what they called otherwise is an unknown property. */
const majors = ['0', '1']

export const version = ({ ociVersion }: Config, report: Report): void => {
  if (ociVersion === undefined) return
  const major = semVer.exec(ociVersion)?.[1]
  if (major !== undefined && majors.includes(major)) return
  report({
    pointer: '/ociVersion',
    expected: major === undefined ? 'a version like 1.2.0' : 'a version 1.x.y',
    got: show(ociVersion),
    hint: `tsrun implements versions 1.0.0 to ${specVersion} of the runtime specification`,
  })
}

/** Newer minor versions only add properties, and unknown properties are ignored. */
export const isNewerThanImplemented = (ociVersion: string): boolean => {
  const [, major, minor] = semVer.exec(ociVersion) ?? []
  return major === '1' && Number(minor) > Number(specVersion.split('.')[1])
}
