import t from 'tap'
import { checkNamespaces } from './supported.ts'

t.doesNotThrow(() => checkNamespaces())
t.doesNotThrow(() => checkNamespaces([{ type: 'mount' }]))
t.throws(() => checkNamespaces([{ type: 'pid' }, { type: 'time' }], (type) => type !== 'time'), {
  message: 'this kernel has no time namespaces',
  pointer: '/linux/namespaces/1/type',
  hint: /^needs Linux 5\.6 or newer with CONFIG_TIME_NS; this is Linux \d/,
})
