/** The default config is runc's, but for the version and the ambient capabilities. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isUnified } from '../linux/cgroup/layout.ts'
import { defaultConfig } from './default.ts'
import { parseConfig } from './load.ts'

const runc = (...options: readonly string[]): string => {
  const directory = t.testdir({})
  const { status, stderr } = spawnSync('runc', ['spec', ...options], {
    cwd: directory,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return readFileSync(join(directory, 'config.json'), 'utf8')
}

const version = spawnSync('runc', ['--version'], { encoding: 'utf8' }).stdout ?? ''
// later versions have other capabilities and masked paths
const skip = version.startsWith('runc version 1.1.') ? false : 'runc 1.1 is not installed'

const cgroupNamespace = isUnified()

const text = (rootless: boolean): string =>
  JSON.stringify(defaultConfig({ rootless, cgroupNamespace }), undefined, '\t')

t.test('the text', { skip }, (t) => {
  // runc 1.1 asks for ambient capabilities that are not inheritable: nobody can be given those.
  const asOurs = (theirs: string): string =>
    theirs
      .replace(/"ociVersion": "[^"]*"/, '"ociVersion": "1.3.0"')
      .replace(/,\n\t+"ambient": \[[^\]]*\]/, '')
  t.equal(text(false), asOurs(runc()))
  t.equal(text(true), asOurs(runc('--rootless')))
  t.end()
})

t.test('it is valid', (t) => {
  for (const rootless of [false, true]) {
    const config = defaultConfig({ rootless, cgroupNamespace })
    t.same(parseConfig(text(rootless)), config)
    const whole = defaultConfig({ rootless, cgroupNamespace: true })
    t.ok(whole.linux?.namespaces?.some(({ type }) => type === 'cgroup'))
  }
  const { linux } = defaultConfig({ rootless: true, owner: { uid: 1000, gid: 100 } })
  t.match(linux, { uidMappings: [{ hostID: 1000 }], gidMappings: [{ hostID: 100 }] })
  t.end()
})
