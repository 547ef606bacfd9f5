/** What is left to mount(2), and what is not because there it would be something else. */
import t from 'tap'
import type { Mount } from '../../spec/types.ts'
import { planMounts } from './plan.ts'
import { simpleData } from './simple.ts'

const dataOf = (mount: Partial<Mount>): string | undefined => {
  const [plan] = planMounts(
    [{ destination: '/x', type: 'tmpfs', source: 'a', ...mount }],
    '/bundle',
  )
  return simpleData(plan!)
}

t.equal(dataOf({}), '')
t.equal(dataOf({ options: ['nosuid', 'strictatime', 'size=64k', 'mode=755'] }), 'size=64k,mode=755')
// Read-only when everything is made in it.
t.equal(dataOf({ options: ['ro', 'size=64k,mode=755'] }), 'size=64k,mode=755')
t.equal(dataOf({ type: 'proc', source: 'proc', options: ['nodev', 'hidepid=2'] }), 'hidepid=2')

const others: readonly (readonly [why: string, mount: Partial<Mount>])[] = [
  ['a name of its own where none is given', { source: '' }],
  ['another file system', { type: 'ramfs' }],
  ['it would be read-only for all', { type: 'proc', options: ['ro'] }],
  ['other access times', { options: ['noatime'] }],
  ['a comma would make two of one', { options: ['context="a,b"'] }],
  ['as in one without a value', { options: ['"a,b"'] }],
  ['mount(2) would cut it off', { options: [`size=${'0'.repeat(5000)}1`] }],
  ['its propagation is changed afterwards', { options: ['rshared'] }],
]
for (const [why, mount] of others) t.equal(dataOf(mount), undefined, why)
