/** What there is to be shown, and that all of it is. */
import t from 'tap'
import { coverage, expand, sections } from '../conformance/generate.ts'
import { fieldsOf } from './fields.ts'

const config = fieldsOf('config.json')
for (const field of [
  'ociVersion',
  'process.rlimits[].hard',
  'hooks.poststop[].timeout',
  'linux.netDevices{}.name',
  'linux.resources.rdma{}.hcaObjects',
  'linux.seccomp.syscalls[].args[].valueTwo',
]) {
  t.ok(config.includes(field), field)
}
t.equal(new Set(config).size, config.length, 'each once')

for (const [pattern, names] of [
  ['a', ['a']],
  ['a.{b,c}', ['a.b', 'a.c']],
  ['{a,b}.{c,d}', ['a.c', 'b.c', 'a.d', 'b.d']],
  ['a{}.{b,c}', ['a{}.b', 'a{}.c']],
  ['a.{b,c[].{d,e}}', ['a.b', 'a.c[].d', 'a.b', 'a.c[].e']],
  ['a{Read,Write}{Bps,IOPS}', ['aReadBps', 'aWriteBps', 'aReadIOPS', 'aWriteIOPS']],
] as const) {
  t.strictSame(expand(pattern), names, pattern)
}
t.throws(() => expand('a.{b'))

t.test('everything is shown, or it is said why not', async (t) => {
  const found = coverage()
  for (const [heading, names] of sections()) {
    t.strictSame(
      names.filter((name) => !found.has(name)),
      [],
      heading,
    )
  }
})
