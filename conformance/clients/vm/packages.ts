/** Debian's packages of the clients, for a machine that has no network: what it lacks, as one archive. apt-get(8) */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * No scripts of theirs are run: a daemon is started by whoever tries it.
 *
 * @param status the machine's /var/lib/dpkg/status
 * @param directory for what is in between
 * @throws Error what apt-get says
 */
export const packArchive = (
  names: readonly string[],
  status: string,
  directory: string,
  archive: string,
): void => {
  const [debs, tree] = [join(directory, 'debs'), join(directory, 'tree')]
  for (const path of [join(debs, 'partial'), tree]) mkdirSync(path, { recursive: true })
  const options = [`Dir::State::status=${status}`, `Dir::Cache::archives=${debs}`]
  const install = ['install', '-y', '--download-only', '--no-install-recommends', ...names]
  execFileSync('apt-get', [...options.flatMap((option) => ['-o', option]), ...install], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  for (const name of readdirSync(debs).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(debs, name), tree])
  }
  execFileSync('tar', ['-C', tree, '--numeric-owner', '-cf', archive, '.'])
}
