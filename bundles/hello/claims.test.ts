import t from 'tap'
import { cannotRun, output } from '../report.ts'

t.test('hello: the bundle to begin with', { skip: cannotRun }, async (t) => {
  const text = output(import.meta.dirname)

  t.match(text, /^Hello from a container\.\n/)
  t.match(text, /my process id is +1\n/)
  t.match(text, /the host is called +hello\n/)
  t.match(text, /network interfaces +lo *\n/)
  t.match(text, /my root directory +read-only\n/)
  t.match(text, 'npm run demo -- 01-chroot')
})
