/** A container without a mount namespace: its mounts are the host's, until it is deleted. */
import { readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const mountsBelow = (path: string): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${path}/`))
    .map((mount) => mount.slice(path.length))

const prepare = (box: Box): void => {
  const { linux } = box.config
  linux.namespaces = linux.namespaces!.filter(({ type }) => type !== 'mount')
  linux.maskedPaths = []
  linux.readonlyPaths = []
  box.config.root.readonly = false
  box.config.mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/scratch', type: 'tmpfs', source: 'tmpfs', options: ['mode=700'] },
    { destination: '/scratch/below', type: 'tmpfs', source: 'tmpfs' },
  ]
  box.config.process.args = ['sleep', '100']
}

const leaves = { runc: 'leaves the mounts on the host', crun: 'leaves the mounts on the host' }

conform(
  'its mounts are there while it is, and gone with it',
  (t, box) => {
    prepare(box)
    const { status, stderr } = box.create()
    t.equal(status, 0, stderr)
    t.strictSame(mountsBelow(box.rootfs), ['/proc', '/scratch', '/scratch/below'])
    t.equal(box.start().status, 0)
    t.match(box.call(['exec', box.id, 'sh', '-c', 'grep -c scratch /proc/mounts']).stdout, '2')
    t.equal(box.call(['delete', '--force', box.id]).status, 0)
    t.strictSame(mountsBelow(box.rootfs), [])
  },
  { differs: leaves },
)

conform(
  'one that cannot be made leaves none',
  (t, box) => {
    prepare(box)
    box.config.mounts!.push({ destination: '/broken', type: 'no-such-file-system', source: 'x' })
    t.not(box.create().status, 0)
    t.strictSame(mountsBelow(box.rootfs), [])
  },
  { differs: leaves },
)
