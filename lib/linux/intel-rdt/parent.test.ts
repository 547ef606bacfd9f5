/** With a directory that looks like resctrl: few machines have the real one. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { expectRdt, joinRdt, makeRdt, removeRdt, updateRdt } from './parent.ts'
import { planRdt } from './plan.ts'
import { readRdtStats } from './stats.ts'
import type { IntelRdt } from '../../spec/types.ts'

const CURRENT = '    L3:0=fffff;1=fffff\n    MB:0=100;1=100\n'

const files: Readonly<Record<string, string>> = {
  schemata: CURRENT,
  tasks: '',
  'info/last_cmd_status': 'ok\n',
  'info/L3/cbm_mask': 'fffff\n',
  'info/L3/min_cbm_bits': '1\n',
  'info/L3/num_closids': '16\n',
  'info/MB/bandwidth_gran': '10\n',
  'info/MB/delay_linear': '1\n',
  'info/MB/min_bandwidth': '10\n',
  'info/MB/num_closids': '8\n',
  'info/L3_MON/mon_features': 'llc_occupancy\nmbm_total_bytes\nmbm_local_bytes\n',
}

const write = (root: string, name: string, text: string): void => {
  mkdirSync(join(root, name, '..'), { recursive: true })
  writeFileSync(join(root, name), text)
}

const makeTree = (t: Test): string => {
  const root = t.testdir({ mon_groups: {} })
  for (const [name, text] of Object.entries(files)) write(root, name, text)
  return root
}

const plan = (rdt: IntelRdt): NonNullable<ReturnType<typeof planRdt>> => planRdt(rdt, 'web')!

/** The kernel's groups have files of their own, which go with them. */
const empty = (directory: string): void => {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true })
}

t.test('a group of its own', async (t) => {
  const root = makeTree(t)
  const wanted = plan({ l3CacheSchema: 'L3:0=f;1=f', memBwSchema: 'MB:0=50' })
  const saved = makeRdt(wanted, root)
  t.strictSame(saved, expectRdt(wanted, root), 'which could be told before')
  t.equal(readFileSync(join(root, 'web/schemata'), 'utf8'), 'L3:0=f;1=f\nMB:0=50\n')
  joinRdt(saved, 4711)
  t.equal(readFileSync(join(root, 'web/tasks'), 'utf8'), '4711\n')
  empty(join(root, 'web'))
  removeRdt(saved)
  t.notOk(existsSync(join(root, 'web')), 'removed with the container')
  removeRdt(saved)
  t.equal(readFileSync(join(root, 'schemata'), 'utf8'), CURRENT, 'the root is as it was')
})

t.test('schemata come last', async (t) => {
  const root = makeTree(t)
  makeRdt(plan({ l3CacheSchema: 'L3:0=f;1=f', schemata: ['L3:0=3'] }), root)
  // Not truncated: what was written over what can be seen.
  t.equal(readFileSync(join(root, 'web/schemata'), 'utf8'), 'L3:0=3\n1=f\n')
})

t.test('a group of that name that is not ours', async (t) => {
  const root = makeTree(t)
  mkdirSync(join(root, 'web'))
  t.throws(() => makeRdt(plan({}), root), /make resctrl group .*web/)
  t.ok(existsSync(join(root, 'web')), 'stays')
})

t.test('a class of service', async (t) => {
  const root = makeTree(t)
  t.throws(() => makeRdt(plan({ closID: 'gold' }), root), {
    message: 'class of service "gold" does not exist',
    pointer: '/linux/intelRdt/closID',
  })
  const shared = makeRdt(plan({ closID: 'gold', l3CacheSchema: 'L3:0=ff' }), root)
  t.strictSame(shared.made, [], 'is never removed')
  write(root, 'gold/schemata', '    L3:0=000ff;1=fffff\n    MB:0=100;1=100\n')
  t.strictSame(makeRdt(plan({ closID: 'gold', l3CacheSchema: 'L3:0=ff' }), root), shared)
  t.strictSame(makeRdt(plan({ closID: 'gold' }), root), shared)
  t.throws(() => makeRdt(plan({ closID: 'gold', l3CacheSchema: 'L3:0=f' }), root), {
    message: 'class of service "gold" has another schema than L3:0=f',
  })
})

t.test('monitoring', async (t) => {
  const root = makeTree(t)
  const saved = makeRdt(plan({ closID: '/', enableMonitoring: true }), root)
  t.strictSame(saved, {
    group: root,
    monitor: join(root, 'mon_groups/web'),
    made: [join(root, 'mon_groups/web')],
  })
  joinRdt(saved, 7)
  t.equal(readFileSync(join(root, 'mon_groups/web/tasks'), 'utf8'), '7\n')
  write(root, 'mon_groups/web/mon_data/mon_L3_00/llc_occupancy', '4096\n')
  write(root, 'mon_groups/web/mon_data/mon_L3_00/mbm_total_bytes', '100\n')
  write(root, 'mon_groups/web/mon_data/mon_L3_00/mbm_local_bytes', '0\n')
  t.strictSame(readRdtStats(saved, root), {
    l3_cache_info: { cbm_mask: 'fffff', min_cbm_bits: 1, num_closids: 16 },
    l3_cache_schema_root: 'L3:0=fffff;1=fffff',
    l3_cache_schema: 'L3:0=fffff;1=fffff',
    mem_bw_info: { bandwidth_gran: 10, delay_linear: 1, min_bandwidth: 10, num_closids: 8 },
    mem_bw_schema_root: 'MB:0=100;1=100',
    mem_bw_schema: 'MB:0=100;1=100',
    mbm_stats: [{ mbm_total_bytes: 100 }],
    cmt_stats: [{ llc_occupancy: 4096 }],
  })
  rmSync(join(root, 'info/L3_MON'), { recursive: true })
  t.throws(() => makeRdt(plan({ enableMonitoring: true }), root), /monitoring is not enabled/)
  t.notOk(existsSync(join(root, 'web')))
})

t.test('a resource that this host does not have', async (t) => {
  const root = makeTree(t)
  rmSync(join(root, 'info/MB'), { recursive: true })
  t.throws(() => makeRdt(plan({ memBwSchema: 'MB:0=50' }), root), {
    message: 'Intel RDT/MBA: memory bandwidth schema is not enabled',
    pointer: '/linux/intelRdt/memBwSchema',
    hint: 'this host controls L3',
  })
  mkdirSync(join(root, 'info/L3CODE'))
  rmSync(join(root, 'info/L3'), { recursive: true })
  t.ok(makeRdt(plan({ l3CacheSchema: 'L3CODE:0=f' }), root), 'code and data apart')
})

t.test('what the kernel says of it', async (t) => {
  const root = makeTree(t)
  write(root, 'info/last_cmd_status', 'Out of CLOSIDs\n')
  mkdirSync(join(root, 'web'))
  t.throws(() => makeRdt(plan({}), root), {
    message: `make resctrl group ${root}/web`,
    hint: 'the kernel says: Out of CLOSIDs',
  })
})

t.test('update', async (t) => {
  const root = makeTree(t)
  const saved = makeRdt(plan({ memBwSchema: 'MB:0=50' }), root)
  const undo = updateRdt(plan({ memBwSchema: 'MB:0=20' }), saved, root)
  t.equal(readFileSync(join(root, 'web/schemata'), 'utf8'), 'MB:0=20\n')
  undo()
  t.equal(readFileSync(join(root, 'web/schemata'), 'utf8'), 'MB:0=50\n')
})
