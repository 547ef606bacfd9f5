import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { describeOom, inUnits, readLimitHits, readMemoryLimit } from './oom.ts'

t.test('what is said of an out-of-memory kill', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-oom-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  }
  const v2 = { mode: 'v2', paths: { '': directory }, made: [] } as const
  const v1 = { mode: 'v1', paths: { memory: directory }, made: [] } as const
  const init = { pid: 0, startTime: 0 }
  t.equal(describeOom(v2, init), undefined, 'nothing where the cgroup is gone')
  write({ 'memory.events': 'oom 1\noom_kill 0\n', 'memory.max': '67108864\n' })
  t.equal(describeOom(v2, init), undefined, 'nothing where nobody was killed')
  write({ 'memory.events': 'low 0\noom_kill 1\n' })
  rmSync(join(directory, 'memory.max'))
  t.equal(describeOom(v2, init), 'the kernel killed 1 process for lack of memory', 'as it goes')
  write({ 'memory.max': '67108864\n' })
  t.equal(
    describeOom(v2, init),
    'the kernel killed 1 process for lack of memory: the limit is 64 MiB',
    'before Linux 5.19, which has no peak',
  )
  write({ 'memory.events': 'oom_kill 2\n', 'memory.max': 'max\n', 'memory.peak': '1610612736\n' })
  t.equal(
    describeOom(v2, init),
    'the kernel killed 2 processes for lack of memory: it has no limit of its own, so the host or a cgroup above ran out, at most 1.5 GiB were used',
  )
  write({
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    'memory.limit_in_bytes': '4096\n',
    'memory.max_usage_in_bytes': '4000\n',
  })
  t.match(
    describeOom(v1, init),
    /killed 3 processes .* the limit is 4 KiB, at most 3\.9 KiB were used$/,
  )
  write({ 'memory.limit_in_bytes': '9223372036854771712\n' })
  t.equal(readMemoryLimit(v1), null, "v1's way to say that there is none")
  write({ 'memory.events': 'low 0\nmax 7\noom_kill 1\n', 'memory.failcnt': '5\n' })
  t.equal(readLimitHits(v2), 7, 'allocations that did not fit')
  t.equal(readLimitHits(v1), 5, 'the same in v1')
})

t.test('units', async (t) => {
  for (const [count, text] of [
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536 * 2 ** 20, '1.5 GiB'],
    [2n ** 60n, '1048576 TiB'],
  ] as const) {
    t.equal(inUnits(count), text)
  }
})
