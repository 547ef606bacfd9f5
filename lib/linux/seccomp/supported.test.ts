import t from 'tap'
import { checkFlags, isSupported, supportedFlags } from './supported.ts'
import type { SeccompFlag } from '../../spec/types.ts'
import { flags } from './plan.ts'

t.equal(isSupported('SECCOMP_FILTER_FLAG_TSYNC'), true, 'since Linux 3.17')

t.test('a flag that no kernel has', (t) => {
  const made = flags as Record<string, number>
  made['NONE'] = 1 << 30
  t.teardown(() => delete made['NONE'])
  t.equal(isSupported('NONE' as SeccompFlag), false)
  t.notOk(supportedFlags().includes('NONE' as SeccompFlag))
  t.end()
})

t.doesNotThrow(() => checkFlags())
t.throws(() => checkFlags(['SECCOMP_FILTER_FLAG_LOG'], () => false), {
  message: 'this kernel does not know SECCOMP_FILTER_FLAG_LOG',
  pointer: '/linux/seccomp/flags/0',
  hint: /^needs Linux 4\.14 or newer with CONFIG_SECCOMP_FILTER; this is Linux /,
})
