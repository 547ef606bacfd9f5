/** config.md#linux-mount-options, those a runtime SHOULD know: attributes for a whole tree of mounts. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const differs = {
  runc: '1.1 knows only some of them, and rejects none',
  crun: '1.8 sets an access time without clearing the field, which the kernel refuses',
}

/** A tree of three tmpfs, mounted on the host; `options` are those of each. */
const makeTree = (box: Box, options: string): { source: string; remove: () => void } => {
  const source = join(box.directory, 'tree')
  const places = [source, join(source, 'a'), join(source, 'a/b')]
  for (const place of places) {
    mkdirSync(place)
    execFileSync('mount', ['-t', 'tmpfs', 'tree', place])
  }
  for (const place of places) execFileSync('mount', ['-o', `remount,bind,${options}`, place])
  execFileSync('mount', ['--make-rprivate', source])
  return { source, remove: () => void execFileSync('umount', ['-R', source]) }
}

/** The attributes of /mnt, /mnt/a and /mnt/a/b as mountinfo has them. */
const SHOW = 'grep " /mnt" /proc/self/mountinfo | cut -d" " -f6'

for (const [before, options, all, none] of [
  ['rw', ['rro'], /\bro\b/, /\brw\b/],
  ['ro', ['rrw'], /\brw\b/, /\bro\b/],
  ['suid', ['rnosuid'], /nosuid/, undefined],
  ['nosuid', ['rsuid'], undefined, /nosuid/],
  ['dev', ['rnodev'], /nodev/, undefined],
  ['nodev', ['rdev'], undefined, /nodev/],
  ['exec', ['rnoexec'], /noexec/, undefined],
  ['noexec', ['rexec'], undefined, /noexec/],
  ['relatime', ['rnoatime'], /noatime/, /relatime/],
  ['noatime', ['ratime'], undefined, /noatime/],
  ['strictatime', ['rrelatime'], /relatime/, undefined],
  ['relatime', ['rstrictatime'], undefined, /relatime|noatime/],
  ['strictatime', ['rnostrictatime'], /relatime/, undefined],
  ['rw', ['rnodiratime'], /nodiratime/, undefined],
  ['nodiratime', ['rdiratime'], undefined, /nodiratime/],
  ['rw', ['rnosymfollow'], /nosymfollow/, undefined],
  ['rw', ['rnosymfollow', 'rsymfollow'], undefined, /nosymfollow/],
  ['rw', ['rro', 'rnosuid', 'rnodev', 'rnoexec'], /ro,nosuid,nodev,noexec/, undefined],
  ['rw', ['rro', 'rrw'], /\brw\b/, /\bro\b/],
] as const) {
  conform(
    `a tree that is ${before}, bound with ${options}`,
    (t, box) => {
      const { source, remove } = makeTree(box, before)
      try {
        box.config.mounts.push({ destination: '/mnt', source, options: ['rbind', ...options] })
        const { status, stdout, stderr } = box.sh(SHOW)
        t.equal(status, 0, stderr)
        const lines = stdout.trim().split('\n')
        t.equal(lines.length, 3, 'three mounts')
        for (const line of lines) {
          if (all) t.match(line, all)
          if (none) t.notMatch(line, none)
        }
      } finally {
        remove()
      }
    },
    { differs },
  )
}

conform(
  'a tmpfs has nothing below, and takes these options all the same',
  (t, box) => {
    const options = ['rro', 'rnosuid', 'rnoexec']
    box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', options })
    t.match(box.sh(SHOW).stdout, /^ro,nosuid,noexec/)
    t.not(box.sh('touch /mnt/x').status, 0)
  },
  { differs: { runc: 'leaves them out, without a word' } },
)

conform('a tree bound with ro has only its top read-only', (t, box) => {
  const { source, remove } = makeTree(box, 'rw')
  try {
    box.config.mounts.push({ destination: '/mnt', source, options: ['rbind', 'ro'] })
    t.equal(box.sh(SHOW).stdout.replace(/,.*/g, ''), 'ro\nrw\nrw\n')
    t.equal(box.sh('touch /mnt/a/x').status, 0)
    t.not(box.sh('touch /mnt/x').status, 0)
  } finally {
    remove()
  }
})

conform('attributes of a plain bind do not reach the source', (t, box) => {
  const { source, remove } = makeTree(box, 'rw')
  try {
    const options = ['bind', 'ro', 'nosuid', 'nodev', 'noexec']
    box.config.mounts.push({ destination: '/mnt', source, options })
    t.match(box.sh(SHOW).stdout, /^ro,nosuid,nodev,noexec/)
    t.doesNotThrow(() => mkdirSync(join(source, 'still-writable')))
  } finally {
    remove()
  }
})

conform('a plain bind keeps what the source has', (t, box) => {
  const { source, remove } = makeTree(box, 'nosuid,nodev,noexec,noatime')
  try {
    box.config.mounts.push({ destination: '/mnt', source, options: ['bind'] })
    t.match(box.sh(SHOW).stdout, /^rw,nosuid,nodev,noexec,noatime/)
  } finally {
    remove()
  }
})

conform('bind without its r leaves the mounts below away', (t, box) => {
  const { source, remove } = makeTree(box, 'rw')
  try {
    box.config.mounts.push({ destination: '/mnt', source, options: ['bind'] })
    t.equal(box.sh(SHOW).stdout.trim().split('\n').length, 1)
  } finally {
    remove()
  }
})

for (const [options, expected] of [
  [['bind', 'nosymfollow'], /nosymfollow/],
  [['bind', 'nosymfollow', 'symfollow'], /^(?!.*nosymfollow)/],
] as const) {
  conform(
    `${options}`,
    (t, box) => {
      const source = join(box.directory, 'source')
      mkdirSync(source)
      box.config.mounts.push({ destination: '/mnt', source, options: [...options] })
      t.match(box.sh(SHOW).stdout.trim(), expected)
    },
    { differs: { runc: '1.1 does not know nosymfollow', crun: '1.8 does not know nosymfollow' } },
  )
}

conform(
  'a symlink on a mount with nosymfollow is not followed',
  (t, box) => {
    box.config.mounts.push({
      destination: '/mnt',
      type: 'tmpfs',
      source: 'x',
      options: ['nosymfollow'],
    })
    const { status, stderr } = box.sh('ln -s /etc/passwd /mnt/link && cat /mnt/link')
    t.not(status, 0)
    t.match(stderr, /symbolic links|ELOOP|loop/i)
  },
  { differs: { runc: '1.1 does not know nosymfollow', crun: '1.8 does not know nosymfollow' } },
)
