import t from 'tap'
import { blamingKernel, checkNamespaces } from './supported.ts'

t.doesNotThrow(() => checkNamespaces())
t.doesNotThrow(() => checkNamespaces([{ type: 'mount' }]))
t.throws(() => checkNamespaces([{ type: 'pid' }, { type: 'time' }], (type) => type !== 'time'), {
  message: 'this kernel has no time namespaces',
  pointer: '/linux/namespaces/1/type',
  hint: /^needs Linux 5\.6 or newer with CONFIG_TIME_NS; this is Linux \d/,
})

const refused = new Error('clone3(2) EINVAL')
const fail = (): never => {
  throw refused
}
t.equal(
  blamingKernel(
    [{ type: 'time' }],
    () => 5,
    () => false,
  ),
  5,
)
t.throws(() => blamingKernel([{ type: 'time' }], fail), refused, 'this kernel has them')
t.throws(() => blamingKernel([{ type: 'time' }], fail, () => false), {
  message: 'this kernel has no time namespaces',
})
