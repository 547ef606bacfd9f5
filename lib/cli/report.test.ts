import t from 'tap'
import { doing, Failure } from '../failure.ts'
import { SyscallError } from '../sys/error.ts'
import { makeReport } from './report.ts'

const report = (error: unknown, bundle?: string): ReturnType<typeof makeReport> =>
  makeReport(error, { stage: 'create', bundle }, () => ({ line: 41 }))

const thrown = (action: () => never): unknown => {
  try {
    return action()
  } catch (error) {
    return error
  }
}

t.test('one chain: message, place, hint', (t) => {
  const error = thrown(() =>
    doing('create web', () =>
      doing(
        'mount tmpfs on /run',
        () => {
          throw new SyscallError('mount', 1, 'mount("tmpfs", "/run")')
        },
        { pointer: '/mounts/3', hint: 'try', code: 'MOUNT_FAILED' },
      ),
    ),
  )
  t.same(report(error, '/b'), {
    message: 'create web: mount tmpfs on /run: mount(2) EPERM: operation not permitted',
    location: 'config.json:41  /mounts/3',
    hint: 'try',
    exitStatus: undefined,
    fields: {
      code: 'MOUNT_FAILED',
      stage: 'create',
      pointer: '/mounts/3',
      syscall: 'mount',
      errno: 1,
      hint: 'try',
    },
  })
  t.equal(report(error).location, '/mounts/3', 'where the bundle is not known')
  t.end()
})

t.test('what is not ours', (t) => {
  const node = Object.assign(new Error('ENOSPC: no space left'), {
    code: 'ENOSPC',
    errno: -28,
    syscall: 'write',
  })
  t.match(report(new Failure('write x', { cause: node })).fields, {
    code: 'ENOSPC',
    errno: 28,
    syscall: 'write',
  })
  t.match(report('thrown text'), { message: 'thrown text', location: undefined })
  t.match(report(new TypeError('x is undefined\n')), { message: 'x is undefined' })
  t.end()
})

t.test('what the kernel would have to be', (t) => {
  const cause = new SyscallError('set_mempolicy', 38, 'set_mempolicy(…)')
  const missing = new Failure('set memory policy MPOL_BIND', { cause })
  t.match(report(missing).hint, /^needs a kernel with CONFIG_NUMA; this is Linux \d/)
  const hint = 'a nearer one'
  t.equal(report(new Failure('x', { cause, hint })).hint, hint)
  t.end()
})

/** podman and docker exit with 127 and 126 when a message has these words. */
t.test('only the user\'s own command is "not found" or "denied"', (t) => {
  const claims =
    /no such file or directory|permission denied|not a directory|is a directory|executable file not found/i
  for (const errno of [2, 13, 20, 21]) {
    const cause = new SyscallError('openat', errno, 'openat(…)')
    t.match(cause.message, claims, 'this is what the kernel says')
    t.notMatch(report(new Failure('read cpu.max', { cause })).message, claims)
    for (const exitStatus of [126, 127]) {
      t.match(report(new Failure('exec "foo"', { cause, exitStatus })).message, claims)
    }
  }
  const enoent = new SyscallError('openat', 2, 'openat(…)')
  t.equal(report(enoent).message, 'openat(2) ENOENT: file not found')
  const missing = 'exec: "foo": executable file not found in $PATH'
  t.equal(report(new Failure(missing, { exitStatus: 127 })).message, missing)
  for (const code of ['PROGRAM_NOT_FOUND', 'PROGRAM_NOT_EXECUTABLE'] as const) {
    t.equal(report(new Failure(missing, { exitStatus: 255, code })).message, missing, 'exec')
  }
  t.notMatch(report(new Failure(missing)).message, claims)
  const directory = new Failure('chdir to cwd ("/x")', { cause: enoent, pointer: '/process/cwd' })
  t.match(report(directory).message, /no such file or directory/, 'nor the directory it starts in')
  t.end()
})
