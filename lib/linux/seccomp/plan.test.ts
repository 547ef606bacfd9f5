import { enosysPrologue, wantsEnosys } from './newer-calls.ts'
import { actionOf, comparisons, conditionsOf, loadFlags } from './plan.ts'
import t from 'tap'

t.test('actions carry an errno where they have one', async (t) => {
  t.equal(actionOf('SCMP_ACT_ERRNO', undefined), 0x00050001)
  t.equal(actionOf('SCMP_ACT_ERRNO', 38), 0x00050026)
  t.equal(actionOf('SCMP_ACT_TRACE', 2), 0x7ff00002)
  t.equal(actionOf('SCMP_ACT_KILL', undefined), actionOf('SCMP_ACT_KILL_THREAD', undefined))
})

t.test('conditions are laid out as scmp_arg_cmp, with 64 bits', async (t) => {
  const value = 2n ** 63n
  const bytes = comparisons([{ index: 1, op: 'SCMP_CMP_MASKED_EQ', value, valueTwo: 3 }])
  t.same([bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readBigUInt64LE(8)], [1, 7, value])
  t.equal(bytes.readBigUInt64LE(16), 3n)
})

t.test('two conditions on one argument are alternatives', async (t) => {
  const on = (index: number) => ({ index, op: 'SCMP_CMP_EQ', value: 0 }) as const
  t.equal(conditionsOf([on(0), on(1)]).length, 1)
  t.equal(conditionsOf([on(0), on(0)]).length, 2)
  t.same(conditionsOf(undefined), [[]])
})

t.test('flags', async (t) => {
  const defaultAction = 'SCMP_ACT_ERRNO'
  const notify = [{ names: ['mkdir'], action: 'SCMP_ACT_NOTIFY' as const }]
  t.equal(loadFlags({ defaultAction }), 4)
  t.equal(loadFlags({ defaultAction, flags: [] }), 0)
  t.equal(loadFlags({ defaultAction, flags: ['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'] }), 0)
  const both = ['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV', 'SECCOMP_FILTER_FLAG_TSYNC'] as const
  t.equal(loadFlags({ defaultAction, flags: [...both], syscalls: notify }), 8 | 32 | 1 | 16)
})

/** What the prologue does with a call: its return value, or nothing when libseccomp's filter decides. */
const run = (program: Buffer, arch: number, number: number): number | undefined => {
  let a = 0
  for (let at = 0; at * 8 < program.length; at++) {
    const offset = at * 8
    const k = program.readUInt32LE(offset + 4)
    const jump = (taken: boolean): void => void (at += program[offset + (taken ? 2 : 3)]!)
    switch (program.readUInt16LE(offset)) {
      case 0x20:
        a = k === 0 ? number : arch
        break
      case 0x05:
        at += k
        break
      case 0x15:
        jump(a === k)
        break
      case 0x25:
        jump(a > k)
        break
      case 0x35:
        jump(a >= k)
        break
      case 0x06:
        return k
      default:
        throw new Error(`unknown instruction at ${at}`)
    }
  }
  return undefined
}

t.test('calls newer than the filter are answered as by an old kernel', async (t) => {
  const x86 = 0x40000003
  const x64 = 0xc000003e
  const ENOSYS = 0x00050026
  const two = enosysPrologue([
    { arch: x64, number: 400 },
    { arch: x86, number: 300 },
  ])
  for (const [arch, number, expected] of [
    [x64, 400, undefined],
    [x64, 401, ENOSYS],
    [x64, 0x40000001, undefined],
    [x86, 300, undefined],
    [x86, 301, ENOSYS],
    [0x28, 999, undefined],
  ] as const) {
    t.equal(run(two, arch, number), expected, `${arch.toString(16)} ${number}`)
  }
  const x32 = enosysPrologue([
    { arch: x64, number: 400 },
    { arch: x64, number: 0x40000200 },
  ])
  t.equal(run(x32, x64, 0x40000200), undefined)
  t.equal(run(x32, x64, 0x40000201), ENOSYS)
  t.equal(run(x32, x64, 401), ENOSYS)
  t.equal(enosysPrologue([]).length, 0)
})

t.test('only what refuses needs that', async (t) => {
  t.ok(wantsEnosys({ defaultAction: 'SCMP_ACT_ERRNO' }))
  t.notOk(wantsEnosys({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 }))
  t.notOk(wantsEnosys({ defaultAction: 'SCMP_ACT_ALLOW' }))
})
