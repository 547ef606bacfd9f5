import t from 'tap'
import { hostNamespace } from '../host.ts'
import { cannotRun, report } from '../report.ts'

t.test('04-hardened: nothing that a program can do without', { skip: cannotRun }, async (t) => {
  const seen = report(import.meta.dirname)

  t.equal(seen('my user id'), '1000')
  t.equal(seen('user ids outside'), '0 200000 65536', 'user 1000 in it is user 201000 on the host')
  t.equal(seen('capabilities'), '0000000000000000')
  t.equal(seen('the most they can be'), '0000000000000000')
  t.equal(seen('no new privileges'), '1')
  t.equal(seen('seccomp mode'), '2', 'system calls are filtered')
  t.equal(seen('can write to /'), 'no')
  t.equal(seen('can write to /tmp'), 'yes')
  t.equal(seen('can run from /tmp'), 'no')
  t.equal(seen('can set a sysctl'), 'no')
  t.equal(seen('can unshare users'), 'no')
  for (const name of ['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup', 'user']) {
    t.match(seen(`namespace ${name}`), `${name}:[`)
    t.not(seen(`namespace ${name}`), hostNamespace(name), `own ${name} namespace`)
  }
})
