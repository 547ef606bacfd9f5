/** `exec` into a container that ends meanwhile: the program's status, or one sentence that says so. */
import type { Box, Result } from './harness/box.ts'
import { conform } from './harness/conform.ts'

/** 7: the program ran; 137: it ran, and was killed with the container. */
const statuses = [7, 137, 255]

const rounds = 40

/** One more container, which ends by itself after so long, and a program in it. */
const round = (box: Box, ms: number): { readonly exec: Result; readonly removal: Result } => {
  box.config.process.args = ['sleep', `0.${String(ms).padStart(3, '0')}`]
  box.run({ flags: ['--detach'] })
  const exec = box.call(['exec', box.id, '/bin/sh', '-c', 'exit 7'])
  return { exec, removal: box.delete('--force') }
}

conform(
  'the container ends while exec is at work',
  (t, box) => {
    for (let i = 0; i < rounds; i++) {
      const { exec, removal } = round(box, i)
      const { status, stderr } = exec
      t.ok(statuses.includes(status), `status ${status}: ${stderr}`)
      if (status === 255) t.match(stderr, /exec \S+: cannot exec in a stopped container(: it|\n)/)
      t.match(removal, { status: 0, stderr: '' })
    }
  },
  { differs: { runc: 'tells whichever call noticed it', crun: 'tells whichever call noticed it' } },
)
