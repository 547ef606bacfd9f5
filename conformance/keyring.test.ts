/** session-keyring(7): a container has one of its own, and its later processes have the same. */
import { existsSync, readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'

const skip = !existsSync('/proc/keys') && 'this kernel has no keyrings'

/** The session keyring that this text of /proc/keys has by its name: serial and permissions. */
const keyring = (
  name: string,
  keys: string,
): { serial: string; permissions: string } | undefined => {
  const line = keys.split('\n').find((text) => text.includes(` ${name}:`))
  const [serial = '', , , , permissions = ''] = line?.split(/\s+/) ?? []
  return line === undefined ? undefined : { serial, permissions }
}

conform(
  'a session keyring of its own',
  (t, box) => {
    const found = keyring(`_ses.${box.id}`, box.sh('cat /proc/keys').stdout)
    t.ok(found, `_ses.${box.id}`)
  },
  { skip },
)

conform(
  '--no-new-keyring',
  (t, box) => {
    const { status, stdout } = box.sh('cat /proc/keys', { flags: ['--no-new-keyring'] })
    t.equal(status, 0)
    t.equal(keyring(`_ses.${box.id}`, stdout), undefined)
  },
  { skip },
)
conform(
  'exec joins it',
  (t, box) => {
    box.config.process.args = ['sleep', '60']
    box.create()
    box.start()
    const name = `_ses.${box.id}`
    const first = keyring(name, readFileSync(`/proc/keys`, 'utf8'))
    const { stdout } = box.call(['exec', box.id, 'cat', '/proc/keys'])
    t.equal(stdout.split(` ${name}:`).length, 2, 'there is one of that name')
    t.strictSame(keyring(name, stdout), { serial: first?.serial, permissions: '3f1b0000' })
  },
  { skip },
)

conform(
  'exec makes none where there is none',
  (t, box) => {
    box.config.process.args = ['sleep', '60']
    box.create(['--no-new-keyring'])
    box.start()
    const { stdout } = box.call(['exec', box.id, 'cat', '/proc/keys'])
    t.equal(keyring(`_ses.${box.id}`, stdout), undefined)
  },
  { skip },
)
