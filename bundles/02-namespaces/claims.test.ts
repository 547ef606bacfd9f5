import { hostname } from 'node:os'
import t from 'tap'
import { hostNamespace } from '../host.ts'
import { cannotRun, report } from '../report.ts'

t.test('02-namespaces: own mounts, processes and network', { skip: cannotRun }, async (t) => {
  const seen = report(import.meta.dirname)

  t.equal(seen('my process id'), '1', 'it is process 1')
  t.equal(seen('my parent'), '0', 'its parent is out of sight')
  t.equal(seen('process 1 is'), 'look')
  t.ok(Number(seen('processes I see')) < 8, 'it sees itself and its children')
  t.equal(seen('network interfaces'), 'lo', 'only the loopback interface')
  t.equal(seen('mounts').split(' ')[0], '/', 'its mount table begins with its own root')
  t.notMatch(seen('mounts'), /\/sys/, "and does not tell of the host's mounts")
  t.equal(seen('host name'), hostname(), "the host's name is still there")
  for (const name of ['mnt', 'pid', 'net']) {
    t.match(seen(`namespace ${name}`), `${name}:[`)
    t.not(seen(`namespace ${name}`), hostNamespace(name), `own ${name} namespace`)
  }
  for (const name of ['uts', 'ipc']) {
    t.equal(seen(`namespace ${name}`), hostNamespace(name), `${name} namespace of the host`)
  }
})
