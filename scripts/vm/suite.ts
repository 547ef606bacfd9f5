/** The tests that need a host with systemd and cgroup v2, as a program for a guest: `npm run test:vm`. */
import { apparmor } from './apparmor.ts'
import { makeRootfs } from './box.ts'
import { limits } from './limits.ts'
import { rootless } from './rootless.ts'
import { scopes } from './scopes.ts'
import { done } from './tap.ts'

console.log('TAP version 14')
makeRootfs()
for (const [name, tests] of Object.entries({ scopes, limits, rootless, apparmor })) {
  const wanted = process.argv.slice(2)
  if (wanted.length === 0 || wanted.includes(name)) tests()
}
process.exitCode = done()
