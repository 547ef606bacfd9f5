/** AppArmor: a container's program, and what is added to it, run under the profile that was asked for. */
import { readFileSync, writeFileSync } from 'node:fs'
import { bundle, command, must, tsrun } from './box.ts'
import { skip, test } from './tap.ts'

const PROFILE = 'tsrun-vm-test'
const FILE = '/tmp/tsrun-vm-profile'

const TEXT = `profile ${PROFILE} flags=(attach_disconnected,mediate_deleted) {
  file,
  capability,
  network,
  signal,
  deny /proc/version r,
}
`

const missing = (): string | undefined => {
  try {
    const enabled = readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').trim()
    if (enabled !== 'Y') return 'the guest was booted without AppArmor'
  } catch {
    return "the guest's kernel has no AppArmor"
  }
  const { status } = command('sh', '-c', 'command -v apparmor_parser')
  return status === 0 ? undefined : 'the guest has no apparmor_parser'
}

const script = 'cat /proc/self/attr/current; cat /proc/version 2>&1; echo end'
const shell = ['sh', '-c', script]
const CONFINED = new RegExp(`^${PROFILE} \\(enforce\\)\\n[^\\n]*Permission denied\\nend\\n$`)
const UNCONFINED = /^unconfined\nLinux version [^\n]*\nend\n$/

const tests = (): void => {
  test("AppArmor: the container's profile, for run and exec", (t) => {
    const ran = tsrun('run', '--bundle', bundle({ args: shell, profile: PROFILE }), 'armored')
    t.match(must(ran), CONFINED, 'run')
    must(tsrun('run', '--detach', '--bundle', bundle({ profile: PROFILE }), 'armored'))
    t.match(must(tsrun('exec', 'armored', ...shell)), CONFINED, 'exec')
    const process = '/tmp/tsrun-vm-process.json'
    writeFileSync(process, JSON.stringify({ args: shell, cwd: '/', env: ['PATH=/usr/bin:/bin'] }))
    t.match(must(tsrun('exec', '--process', process, 'armored')), CONFINED, 'exec --process')
    must(tsrun('delete', '--force', 'armored'))
  })
  test('AppArmor: a profile for exec alone', (t) => {
    must(tsrun('run', '--detach', '--bundle', bundle({}), 'plain'))
    t.match(must(tsrun('exec', 'plain', ...shell)), UNCONFINED, 'without')
    t.match(must(tsrun('exec', '--apparmor', PROFILE, 'plain', ...shell)), CONFINED, 'with')
    must(tsrun('delete', '--force', 'plain'))
  })
  test('AppArmor: a profile that is not loaded is an error that names it', (t) => {
    const { status, output } = tsrun('run', '--bundle', bundle({ profile: 'nobodys' }), 'none')
    t.ok(status !== 0, 'exit status')
    t.match(output, /nobodys/, 'message')
  })
}

export const apparmor = (): void => {
  const reason = missing()
  if (reason !== undefined) return skip('AppArmor', reason)
  writeFileSync(FILE, TEXT)
  must(command('apparmor_parser', '--replace', '--skip-cache', FILE))
  tests()
  must(command('apparmor_parser', '--remove', FILE))
}
