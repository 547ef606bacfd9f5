/** config.md#posix-platform-mounts, uidMappings, gidMappings, idmap, ridmap: other owners for the same files. */
import { execFileSync } from 'node:child_process'
import { chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const differs = { runc: '1.1 has no idmapped mounts', crun: '1.8 has its own syntax for them' }

const map = (containerID: number, hostID: number, size = 1000): object => ({
  containerID,
  hostID,
  size,
})

/** A directory with a file that belongs to 5:6 on disk, and a mount below it with another. */
const source = (box: Box): string => {
  const directory = join(box.directory, 'source')
  mkdirSync(join(directory, 'below'), { recursive: true })
  writeFileSync(join(directory, 'file'), 'text')
  chownSync(join(directory, 'file'), 5, 6)
  return directory
}

const OWNER = 'stat -c "%u:%g" /mnt/file'
const mappings = { uidMappings: [map(0, 10000)], gidMappings: [map(0, 20000)] }

const user = (box: Box): void => {
  box.config.linux.namespaces.push({ type: 'user' })
  box.config.linux['uidMappings'] = [map(0, 100000, 65536)]
  box.config.linux['gidMappings'] = [map(0, 200000, 65536)]
  execFileSync('chown', ['-R', '100000:200000', box.rootfs])
  execFileSync('chmod', ['755', box.directory, box.bundle])
}

for (const [name, options] of [
  ['without an option', ['bind']],
  ['idmap', ['bind', 'idmap']],
  ['rbind, ridmap', ['rbind', 'ridmap']],
  ['ro', ['bind', 'ro', 'idmap']],
] as const) {
  conform(
    `mappings of the mount, ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      box.config.mounts.push({
        destination: '/mnt',
        source: source(box),
        options: [...options],
        ...mappings,
      })
      const { status, stdout, stderr } = box.sh(OWNER)
      t.equal(status, 0, stderr)
      t.equal(stdout, '10005:20006\n')
    },
    { differs },
  )
}

conform(
  'what is written gets the owner on disk that maps to the writer',
  (t, box) => {
    box.config.ociVersion = '1.2.0'
    const directory = source(box)
    chownSync(directory, 7, 8)
    const mount = { destination: '/mnt', source: directory, options: ['bind', 'idmap'] }
    box.config.mounts.push({ ...mount, ...mappings })
    box.config.process.user = { uid: 10007, gid: 20008 }
    const { status, stderr } = box.sh('touch /mnt/new')
    t.equal(status, 0, stderr)
    t.match(lstatSync(join(directory, 'new')), { uid: 7, gid: 8 })
  },
  { differs },
)

conform(
  'several ranges, and what is in none',
  (t, box) => {
    box.config.ociVersion = '1.2.0'
    const directory = source(box)
    for (const [name, id] of [
      ['a', 0],
      ['b', 11],
      ['c', 500],
    ] as const) {
      writeFileSync(join(directory, name), '')
      chownSync(join(directory, name), id, id)
    }
    const ranges = [map(0, 1000, 10), map(10, 5000, 10)]
    box.config.mounts.push({
      destination: '/mnt',
      source: directory,
      options: ['bind', 'idmap'],
      uidMappings: ranges,
      gidMappings: ranges,
    })
    const { stdout } = box.sh('stat -c "%u:%g" /mnt/a /mnt/b /mnt/c')
    t.equal(stdout, '1000:1000\n5001:5001\n65534:65534\n')
  },
  { differs },
)

for (const option of ['idmap', 'ridmap']) {
  conform(
    `${option} without mappings: those of the user namespace`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      const directory = source(box)
      user(box)
      box.config.mounts.push({ destination: '/mnt', source: directory, options: ['rbind', option] })
      const { status, stdout, stderr } = box.sh(OWNER)
      t.equal(status, 0, stderr)
      t.equal(stdout, '5:6\n', 'as on disk')
    },
    { differs },
  )
}

conform(
  'mappings of the mount and a user namespace',
  (t, box) => {
    box.config.ociVersion = '1.2.0'
    const directory = source(box)
    user(box)
    box.config.mounts.push({
      destination: '/mnt',
      source: directory,
      options: ['bind', 'idmap'],
      uidMappings: [map(0, 100000, 65536)],
      gidMappings: [map(0, 200000, 65536)],
    })
    const { status, stdout, stderr } = box.sh(`${OWNER}; touch /mnt/file`)
    t.equal(stdout, '5:6\n', `${status} ${stderr}`)
  },
  { differs },
)

for (const [option, inner] of [
  ['idmap', '5:6'],
  ['ridmap', '10005:20006'],
] as const) {
  conform(
    `${option} and the mounts below`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      const directory = source(box)
      execFileSync('mount', ['-t', 'tmpfs', 'below', join(directory, 'below')])
      try {
        writeFileSync(join(directory, 'below/file'), '')
        chownSync(join(directory, 'below/file'), 5, 6)
        const mount = { destination: '/mnt', source: directory, options: ['rbind', option] }
        box.config.mounts.push({ ...mount, ...mappings })
        const { stdout, stderr } = box.sh(`${OWNER}; stat -c "%u:%g" /mnt/below/file`)
        t.equal(stdout, `10005:20006\n${inner}\n`, stderr)
      } finally {
        execFileSync('umount', [join(directory, 'below')])
      }
    },
    { differs },
  )
}

conform(
  'the source itself is not changed',
  (t, box) => {
    box.config.ociVersion = '1.2.0'
    const directory = source(box)
    const mount = { destination: '/mnt', source: directory, options: ['bind', 'idmap'] }
    box.config.mounts.push(
      { ...mount, ...mappings },
      { ...mount, destination: '/mnt2', options: ['bind'] },
    )
    t.equal(box.sh('stat -c "%u:%g" /mnt2/file').stdout, '5:6\n')
    t.match(lstatSync(join(directory, 'file')), { uid: 5, gid: 6 })
  },
  { differs },
)

for (const [name, mount] of [
  ['mappings of uids only', { options: ['bind'], uidMappings: [map(0, 1)] }],
  ['idmap with neither mappings nor a user namespace', { options: ['bind', 'idmap'] }],
  ['ridmap with neither', { options: ['rbind', 'ridmap'] }],
  [
    'ranges that overlap',
    {
      options: ['bind'],
      uidMappings: [map(0, 1000), map(5, 9000)],
      gidMappings: [map(0, 1000)],
    },
  ],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.2.0'
      box.config.mounts.push({ destination: '/mnt', source: source(box), ...mount } as never)
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { differs },
  )
}

conform(
  'mappings of a file system that is no bind',
  (t, box) => {
    box.config.ociVersion = '1.2.0'
    box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', ...mappings })
    const { status, stdout } = box.sh('touch /mnt/file && stat -c "%u" /mnt/file')
    t.ok(status !== 0 || stdout === '0\n', 'is refused or works')
  },
  { differs },
)
