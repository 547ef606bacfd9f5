/** A user without privileges: own systemd, delegated cgroups, none at all. */
import { readFileSync } from 'node:fs'
import {
  asTester,
  bundle,
  cgroupsLike,
  command,
  control,
  must,
  TSRUN,
  type Ran,
  type Wanted,
} from './box.ts'
import { skip, test } from './tap.ts'

const MB = 2 ** 20
const USER = 1000
const resources = { memory: { limit: 64 * MB }, pids: { limit: 20 } }

const limitsOf = (path: string): object => ({
  memory: control(path, 'memory.max'),
  pids: control(path, 'pids.max'),
  processes: control(path, 'cgroup.procs').split('\n').length,
})

const LIMITED = { memory: String(64 * MB), pids: '20', processes: 1 }

const scope = (): void =>
  test("a scope of the user's systemd", (t) => {
    const linux = { resources, cgroupsPath: 'user.slice:guest:user' }
    must(
      asTester(
        '--systemd-cgroup',
        'run',
        '--detach',
        '--bundle',
        bundle({ user: USER, linux }),
        'user',
      ),
    )
    const [path = '', ...others] = cgroupsLike(/^guest-user\.scope$/)
    t.equal(others, [], 'one')
    t.match(path, /^\/user\.slice\/user-1000\.slice\/user@1000\.service\/user\.slice\//, 'place')
    t.equal(limitsOf(path), LIMITED, 'limits')
    must(asTester('--systemd-cgroup', 'update', '--memory', String(80 * MB), 'user'))
    t.equal(control(path, 'memory.max'), String(80 * MB), 'update')
    must(asTester('--systemd-cgroup', 'delete', '--force', 'user'))
    t.equal(cgroupsLike(/^guest-user\.scope$/), [], 'gone')
  })

const delegated = (): void =>
  test('beside the own cgroup, which was delegated', (t) => {
    const directory = bundle({ user: USER, linux: { resources } })
    must(asTester('run', '--detach', '--bundle', directory, 'guest-beside'))
    const [path = ''] = cgroupsLike(/^guest-beside$/)
    t.match(path, /^\/user\.slice\/user-1000\.slice\/user@1000\.service\//, 'place')
    t.equal(limitsOf(path), LIMITED, 'limits')
    must(asTester('delete', '--force', 'guest-beside'))
    t.equal(cgroupsLike(/^guest-beside$/), [], 'gone')
  })

/** A cgroup of root's, with a user in it. */
const undelegated = (...args: readonly string[]): Ran =>
  command('runuser', '-u', 'tester', '--', 'env', 'XDG_RUNTIME_DIR=/run/user/1000', TSRUN, ...args)

const without = (): void =>
  test('without a cgroup of its own', (t) => {
    const free = bundle({ user: USER, args: ['cat', '/proc/self/cgroup'] })
    const ran = undelegated('run', '--bundle', free, 'guest-free')
    t.equal(ran.status, 0, `no limits, no cgroup: ${ran.output}`)
    const limited = undelegated(
      'run',
      '--bundle',
      bundle({ user: USER, linux: { resources } }),
      'guest-limited',
    )
    t.ok(limited.status !== 0, 'limits are an error')
    t.match(limited.output, /uid 1000 may not write there[^]*systemd-run --user/, 'with the remedy')
    t.equal(cgroupsLike(/^guest-(free|limited)/), [], 'nothing is left')
  })

/** As over `su` or SSH: only the system's systemd may move the user's processes to where the scope is. */
const far = (): void =>
  test("a scope of the user's systemd, from outside of its cgroup", (t) => {
    const outside = (...args: readonly string[]): Ran => undelegated('--systemd-cgroup', ...args)
    const linux = { resources, cgroupsPath: 'user.slice:guest:far' }
    const path = '/user.slice/user-1000.slice/user@1000.service/user.slice/guest-far.scope'
    must(outside('run', '--detach', '--bundle', bundle({ user: USER, linux }), 'guest-far'))
    t.equal(cgroupsLike(/^guest-far\.scope$/), [path], 'place')
    t.equal(limitsOf(path), LIMITED, 'limits')
    const where = ['cat', '/proc/self/cgroup']
    t.equal(must(outside('exec', 'guest-far', ...where)), `0::${path}\n`, 'exec')
    must(outside('update', '--memory', String(80 * MB), 'guest-far'))
    t.equal(control(path, 'memory.max'), String(80 * MB), 'update')
    must(outside('delete', '--force', 'guest-far'))
    const own = bundle({ user: USER, linux, args: where, cgroupNamespace: true })
    t.equal(must(outside('run', '--bundle', own, 'guest-far')), '0::/\n', 'in the foreground')
    t.equal(cgroupsLike(/^guest-far/), [], 'gone')
  })

/** A service of root's that was given to a user: the user's processes are in the way of limits. */
const inside = (...args: readonly string[]): Ran =>
  command(
    'systemd-run',
    '--quiet',
    '--pipe',
    '--wait',
    '--property=User=tester',
    '--property=Delegate=yes',
    TSRUN,
    '--root',
    '/run/user/1000/tsrun-vm',
    ...args,
  )

const within = (): void =>
  test('in the own cgroup, where that alone was delegated', (t) => {
    const free = bundle({ user: USER, args: ['cat', '/proc/self/cgroup'] })
    const { status, output } = inside('run', '--bundle', free, 'guest-within')
    t.equal(status, 0, output)
    t.match(output, /^0::\/system\.slice\/run-.*\.service\/guest-within$/m, 'place')
    const limited = inside(
      'run',
      '--bundle',
      bundle({ user: USER, linux: { resources } }),
      'guest-limit',
    )
    t.match(
      limited.output,
      /"memory" is not enabled in [^]*DelegateSubgroup/,
      'limits are explained',
    )
    t.equal(cgroupsLike(/^guest-(within|limit)$/), [], 'nothing is left')
  })

const added = (): void =>
  test('exec goes where the container is, with its ids and out of its limits', (t) => {
    must(
      asTester(
        'run',
        '--detach',
        '--bundle',
        bundle({ user: USER, linux: { resources } }),
        'guest-exec',
      ),
    )
    const [path = ''] = cgroupsLike(/^guest-exec$/)
    const script = 'cat /proc/self/cgroup; id -u; exit 7'
    const { status, output } = asTester('exec', 'guest-exec', 'sh', '-c', script)
    t.equal(status, 7, 'exit status')
    t.equal(output, `0::${path}\n0\n`, 'place and user')
    const fill = ['dd', 'if=/dev/zero', 'of=/dev/null', `bs=${100 * MB}`, 'count=1']
    t.equal(asTester('exec', 'guest-exec', ...fill).status, 137, "the container's memory limit")
    must(asTester('pause', 'guest-exec'))
    t.equal(control(path, 'cgroup.freeze'), '1', 'pause')
    t.match(asTester('exec', 'guest-exec', 'true').output, /paused/, 'exec while paused')
    must(asTester('resume', 'guest-exec'))
    t.match(
      must(asTester('events', '--stats', 'guest-exec')),
      /"oom_kill":1|"limit":67108864/,
      'events',
    )
    t.match(must(asTester('ps', '--format', 'json', 'guest-exec')), /^\[\d+\]/, 'ps')
    must(asTester('delete', '--force', 'guest-exec'))
    t.equal(cgroupsLike(/^guest-exec$/), [], 'gone')
  })

/** The first line of /etc/subuid that is the user's. */
const subordinate = (): Wanted['subordinate'] => {
  const [, first, size] = /^tester:(\d+):(\d+)$/m.exec(readFileSync('/etc/subuid', 'utf8')) ?? []
  return first === undefined ? undefined : { first: Number(first), size: Number(size) }
}

const mapped = (): void => {
  const ids = subordinate()
  const name = 'subordinate ids and groups, by newuidmap and newgidmap'
  if (!ids) return skip(name, 'the user of the guest has no subordinate ids')
  test(name, (t) => {
    const script = 'id -u; id -G; cat /proc/self/uid_map'
    const wanted = {
      user: USER,
      subordinate: ids,
      uid: 5,
      additionalGids: [7],
      args: ['sh', '-c', script],
    }
    const output = must(asTester('run', '--bundle', bundle(wanted), 'guest-mapped'))
    const map = `0 1000 1\n1 ${ids.first} ${ids.size}`
    t.equal(output.trim().replace(/\n +/g, '\n').replace(/ +/g, ' '), `5\n0 7\n${map}`, 'inside')
  })
}

export const rootless = (): void => {
  if (command('sh', '-c', 'command -v as-tester').status !== 0) {
    return skip(
      'rootless containers',
      'the guest has no "as-tester", which runs a command as a user',
    )
  }
  scope()
  delegated()
  without()
  far()
  within()
  added()
  mapped()
}
