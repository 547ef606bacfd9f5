/**
 * config.md#mounts: "the runtime MUST mount entries in the listed order". A source in the container's root is what
 * the mounts before have made of it; also where the container itself could not open it.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Box } from './harness/box.ts'
import { conform } from './harness/conform.ts'

const crun = 'it opens all sources before it mounts anything'
const runc = '1.1 opens the sources of a user namespace before, and has no idmapped mounts'

const map = [{ containerID: 0, hostID: 100000, size: 65536 }]
const mappings = { uidMappings: map, gidMappings: map }

const enterUserNamespace = (box: Box): void => {
  box.config.linux.namespaces.push({ type: 'user' })
  box.config.linux['uidMappings'] = map
  box.config.linux['gidMappings'] = map
  execFileSync('chown', ['-R', '100000:100000', box.rootfs])
  chmodSync(box.directory, 0o755)
}

/** A directory of the host's that root of a user namespace may not enter, with a file in it. */
const secret = (box: Box, name: string, mode = 0o700): string => {
  const directory = join(box.directory, name, 'inner')
  mkdirSync(join(directory, 'below'), { recursive: true })
  writeFileSync(join(directory, 'file'), name)
  chmodSync(join(box.directory, name), mode)
  return directory
}

const bind = (box: Box, source: string, destination: string, more: object = {}): void => {
  box.config.mounts.push({ source, destination, type: 'bind', options: ['rbind'], ...more })
}

for (const [name, inUserNamespace, isIdmapped] of [
  ['as the host’s root', false, false],
  ['in a user namespace', true, false],
  ['id-mapped', false, true],
  ['id-mapped in a user namespace', true, true],
] as const) {
  const more = isIdmapped ? { ...mappings, options: ['rbind', 'idmap'] } : {}
  conform(
    `a source in the root is what is mounted there by then: ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      if (inUserNamespace) enterUserNamespace(box)
      bind(box, secret(box, 'first'), '/first')
      bind(box, secret(box, 'second'), '/first/below')
      bind(box, join(box.rootfs, 'first/below'), '/copy', more)
      bind(box, join(box.rootfs, 'first'), '/all', more)
      bind(box, secret(box, 'third'), '/first')
      const { status, stdout, stderr } = box.sh('cat /copy/file; echo; cat /all/below/file')
      t.equal(status, 0, stderr)
      t.equal(stdout, 'second\nsecond')
    },
    { differs: { crun, ...((inUserNamespace || isIdmapped) && { runc }) } },
  )

  conform(
    `by a link that leads into the root: ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      if (inUserNamespace) enterUserNamespace(box)
      symlinkSync(join(box.rootfs, 'first'), join(box.directory, 'link'))
      mkdirSync(join(box.rootfs, 'first'))
      bind(box, secret(box, 'first'), '/first')
      bind(box, join(box.directory, 'link'), '/copy', more)
      const { status, stdout, stderr } = box.sh('cat /copy/file')
      t.equal(status, 0, stderr)
      t.equal(stdout, 'first')
    },
    { differs: { crun, ...((inUserNamespace || isIdmapped) && { runc }) } },
  )
}

conform(
  'a source that is missing is named, in a user namespace too',
  (t, box) => {
    enterUserNamespace(box)
    const source = join(box.rootfs, 'missing')
    bind(box, source, '/copy')
    const { status, stderr } = box.sh('true')
    t.not(status, 0)
    t.match(stderr, source)
    t.match(stderr, /no such file|not found/)
  },
  { differs: { crun: 'names a part of it', runc } },
)

conform(
  'a destination that begins with the path of the root',
  (t, box) => {
    bind(box, secret(box, 'first'), join(box.rootfs, 'first'))
    const { status, stdout, stderr } = box.sh('cat /first/file')
    t.equal(status, 0, stderr)
    t.equal(stdout, 'first')
  },
  {
    differs: {
      crun: 'takes it as it stands',
      runc: '1.1 takes it as it stands for directories of the host',
    },
  },
)

// What an engine mounts for a pod, on files that its image does not have: so many steps that some come in between.
for (const count of Array.from({ length: 12 }, (_, i) => 2 * i)) {
  conform(`${count} mounts on files that are missing, and then a cgroup`, (t, box) => {
    const file = join(box.directory, 'file')
    writeFileSync(file, 'bound')
    const { mounts } = box.config
    const isCgroup = ({ type }: { readonly type?: string }): boolean => type === 'cgroup'
    const last = mounts.filter(isCgroup)
    const destinations = Array.from({ length: count }, (_, i) => `/missing/${i}`)
    box.config.mounts = mounts.filter((mount) => !isCgroup(mount))
    for (const destination of destinations) {
      bind(box, file, destination, { options: ['bind', 'rprivate', 'ro', 'nosuid', 'nodev'] })
    }
    box.config.mounts.push(
      ...(last.length > 0
        ? last
        : [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] }]),
    )
    const { status, stdout, stderr } = box.sh('cat /proc/self/mountinfo')
    t.equal(status, 0, stderr)
    const mounted = stdout.split('\n').map((line) => line.split(' ')[4])
    for (const destination of [...destinations, '/sys/fs/cgroup']) {
      t.equal(mounted.filter((point) => point === destination).length, 1, destination)
    }
  })
}

conform('mounts with paths as long as paths can be', (t, box) => {
  const long = join(box.directory, ...Array.from({ length: 15 }, () => 'd'.repeat(250)))
  mkdirSync(long, { recursive: true })
  writeFileSync(join(long, 'file'), 'bound')
  const destinations = Array.from({ length: 40 }, (_, i) => `/long/${i}`)
  for (const destination of destinations) bind(box, long, destination)
  const { status, stdout, stderr } = box.sh('cat /long/39/file; cat /proc/self/mountinfo')
  t.equal(status, 0, stderr)
  t.match(stdout, /^bound/)
  const mounted = stdout.split('\n').map((line) => line.split(' ')[4])
  for (const destination of destinations) {
    t.equal(mounted.filter((point) => point === destination).length, 1, destination)
  }
})
