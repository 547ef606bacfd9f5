import t from 'tap'
import { parse } from '../argv.ts'
import { parseBytes, readResources, updateOptions } from './update-resources.ts'

const read = (...args: readonly string[]): unknown =>
  readResources(parse(updateOptions, args, 'any').values)

t.test('options', (t) => {
  t.same(read(), {})
  t.same(read('--memory', '512m', '--memory-swap=-1', '--memory-reservation', '1024'), {
    memory: { limit: 536_870_912, swap: -1, reservation: 1024 },
  })
  t.same(read('--cpu-period', '100000', '--cpu-quota', '-1', '--cpu-share=2', '--cpu-idle', '0'), {
    cpu: { period: 100_000, quota: -1, shares: 2, idle: 0 },
  })
  t.same(read('--cpuset-cpus', '0-3,7', '--cpuset-mems', '0'), {
    cpu: { cpus: '0-3,7', mems: '0' },
  })
  t.same(read('--pids-limit', '-1', '--blkio-weight', '10'), {
    pids: { limit: -1 },
    blockIO: { weight: 10 },
  })
  t.same(read('--blkio-weight', '0', '--memory', ''), {}, 'the same as not given')
  t.same(read('--pids-limit', '0'), { pids: { limit: 0 } }, 'as in a document')
  for (const [option, text] of [
    ['--memory', '1x'],
    ['--cpu-quota', '1.5'],
  ] as const) {
    t.throws(() => read(option, text), { code: 'USAGE' }, option)
  }
  t.end()
})

t.test('a document: other options do not count', (t) => {
  const directory = t.testdir({
    good: '{"memory": {"limit": 7}, "pids": {"limit": 5}}',
    bad: '{"memory": {"limit": "7"}}',
  })
  t.same(read('-r', `${directory}/good`, '--memory', '9'), {
    memory: { limit: 7 },
    pids: { limit: 5 },
  })
  t.throws(() => read('-r', `${directory}/bad`), { code: 'CONFIG_INVALID' })
  t.throws(() => read('-r', `${directory}/none`), { message: `read ${directory}/none` })
  t.end()
})

t.test('sizes', (t) => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['0', 0],
    ['-1', -1],
    ['4096', 4096],
    ['1k', 1024],
    ['1KB', 1024],
    ['2 MiB', 2_097_152],
    ['1.5g', 1_610_612_736],
    ['1t', 1024 ** 4],
    ['10b', 10],
    ['-2', undefined],
    ['', undefined],
    ['m', undefined],
    ['1e3', undefined],
    ['1kk', undefined],
  ]
  for (const [text, expected] of rows) t.equal(parseBytes(text), expected, JSON.stringify(text))
  t.end()
})
