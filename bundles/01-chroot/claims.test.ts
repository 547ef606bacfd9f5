import { readFileSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import t from 'tap'
import { hostInterfaces, hostProcesses } from '../host.ts'
import { cannotRun, report } from '../report.ts'

t.test('01-chroot: a root directory and nothing else', { skip: cannotRun }, async (t) => {
  const before = hostProcesses()
  const seen = report(import.meta.dirname)

  t.equal(seen('root directory'), 'bin dev lib lib64 look proc sbin usr', 'its own root directory')
  t.ok(Number(seen('my process id')) > 1, 'a process id among those of the host')
  t.ok(Number(seen('processes I see')) > before / 2, "the host's processes are visible")
  t.equal(seen('process 1 is'), readFileSync('/proc/1/comm', 'utf8').trim(), "the host's init")
  t.equal(seen('network interfaces'), hostInterfaces(), 'every network interface of the host')
  t.equal(seen('host name'), hostname(), "the host's name")
  const out = seen('the way out').split(' ')
  t.strictSame(new Set(out), new Set(readdirSync('/').filter((name) => !name.startsWith('.'))))
})
