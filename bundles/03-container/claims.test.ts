import { existsSync } from 'node:fs'
import t from 'tap'
import { hostNamespace } from '../host.ts'
import { cannotRun, report } from '../report.ts'

/** The limits of this bundle cannot be set where the kernel or an outer container keeps them back. */
const controllers = (): string | false => {
  const missing = ['memory', 'pids', 'cpu'].filter(
    (name) =>
      !existsSync(`/sys/fs/cgroup/${name}`) && !existsSync('/sys/fs/cgroup/cgroup.controllers'),
  )
  return missing.length === 0 ? false : `no cgroup controller ${missing.join(', ')} on this host`
}

const skip = cannotRun || controllers()

t.test('03-container: all namespaces, a name and limits', { skip }, async (t) => {
  const seen = report(import.meta.dirname)

  t.equal(seen('my process id'), '1')
  t.equal(seen('network interfaces'), 'lo')
  t.equal(seen('host name'), 'container', 'a host name of its own')
  t.equal(seen('my cgroup'), '/', 'its cgroup looks like the root of all cgroups')
  t.equal(seen('memory limit'), String(32 * 1024 * 1024))
  t.equal(seen('process limit'), '10')
  const forks = Number(seen('of 12 forks succeed'))
  t.ok(forks > 0 && forks < 10, 'the limit of processes holds', { forks })
  for (const name of ['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup']) {
    t.match(seen(`namespace ${name}`), `${name}:[`)
    t.not(seen(`namespace ${name}`), hostNamespace(name), `own ${name} namespace`)
  }
  t.equal(seen('namespace user'), hostNamespace('user'), "root in it is the host's root")
})
