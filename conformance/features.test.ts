/** features.md and `spec`: what a runtime says about itself must be true. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { runtime } from './harness/box.ts'

const MUST =
  'async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec ' +
  'noiversion nolazytime norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared ' +
  'rslave runbindable rw shared silent slave strictatime suid sync unbindable'

conform('features', (t, box) => {
  const { status, stdout } = box.call(['features'])
  if (status !== 0) {
    t.pass('no such command')
    return
  }
  const features = JSON.parse(stdout)
  t.match(features, { ociVersionMin: /^1\.0/, ociVersionMax: /^1\./ })
  const options: string[] = features.mountOptions
  t.strictSame(
    MUST.split(' ').filter(
      (option) =>
        option !== 'defaults' && !options.includes(option) && !['loud', 'silent'].includes(option),
    ),
    [],
  )
  for (const version of [features.ociVersionMin, features.ociVersionMax]) {
    box.config.ociVersion = version
    t.equal(box.run().status, 0, `ociVersion ${version}`)
  }
})

conform('every namespace of features can be made', (t, box) => {
  const { status, stdout } = box.call(['features'])
  if (status !== 0) {
    t.pass('no such command')
    return
  }
  const known: string[] = JSON.parse(stdout).linux.namespaces
  for (const type of known.filter((name) => name !== 'user')) {
    if (!box.config.linux.namespaces.some((namespace) => namespace.type === type)) {
      box.config.linux.namespaces.push({ type })
    }
  }
  t.equal(box.run().status, 0)
})

conform('spec writes a config that works', (t, box) => {
  const bundle = join(box.directory, 'made')
  mkdirSync(bundle)
  t.equal(
    box.call(['spec', '--bundle', bundle], {
      wrap: ['/bin/sh', '-c', `cd ${bundle} && exec "$@"`, 'sh'],
    }).status,
    0,
  )
  const config = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))
  config.process.terminal = false
  config.process.args = ['true']
  config.process.env.push(`CONFORMANCE=${box.id}`)
  config.root.path = box.rootfs
  Object.assign(box.config, config)
  box.config.linux.cgroupsPath = `/${box.id}`
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('--version', (t, box) => {
  const { status, stdout } = box.call(['--version'])
  t.equal(status, 0)
  t.match(stdout, /spec: 1\./i, runtime)
})
