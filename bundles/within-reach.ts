/** Bundles where their container can get at them, for the demo and for the tests. */
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

const OTHERS_MAY_ENTER = 0o001

const isOpenToOthers = (directory: string): boolean => {
  if ((statSync(directory).mode & OTHERS_MAY_ENTER) === 0) return false
  const above = dirname(directory)
  return above === directory || isOpenToOthers(above)
}

/**
 * A container with a user namespace has ids of its own, to which what is root's alone is closed, say /root: a bundle
 * that lies there is copied to where it is not.
 * @param use gets the directory to run
 */
export const withinReach = <T>(bundle: string, use: (bundle: string) => T): T => {
  if (isOpenToOthers(bundle)) return use(bundle)
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'))
  try {
    chmodSync(directory, 0o711)
    const copy = join(directory, basename(bundle))
    cpSync(bundle, copy, { recursive: true, verbatimSymlinks: true })
    return use(copy)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
