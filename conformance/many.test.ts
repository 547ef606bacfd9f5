/** Many containers at once: each is made and taken away, and of none anything is left. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf } from './harness/cgroups.ts'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const COUNT = 50

const ends = (child: ChildProcess): Promise<number> =>
  new Promise((done) => child.once('exit', (status) => done(status ?? -1)))

const all = (box: Box, argsOf: (id: string) => readonly string[]): Promise<number[]> =>
  Promise.all(Array.from({ length: COUNT }, (_, i) => ends(box.launch(argsOf(`${box.id}-${i}`)))))

conform(`${COUNT} containers at once`, async (t, box) => {
  delete box.config.linux.cgroupsPath
  box.config.process.args = ['sleep', '1000']
  box.save()
  const succeeded = Array.from({ length: COUNT }, () => 0)
  t.strictSame(await all(box, (id) => ['run', '--detach', '--bundle', box.bundle, id]), succeeded)
  const names = box.call(['list', '-q']).stdout.trim().split('\n')
  t.equal(names.length, COUNT, 'all are there')
  t.strictSame(await all(box, (id) => ['delete', '--force', id]), succeeded)
  t.equal(box.call(['list', '-q']).stdout, '', 'none is there')
  t.strictSame(cgroupsOf(box.id), [])
  const said = readdirSync(box.directory)
    .filter((name) => name.startsWith('launch-'))
    .map((name) => readFileSync(join(box.directory, name), 'utf8'))
  t.strictSame([...new Set(said)], [''], 'nobody had anything to say')
})
