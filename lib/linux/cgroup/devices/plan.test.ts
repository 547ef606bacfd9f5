import t from 'tap'
import type { DeviceRule } from '../../../spec/types.ts'
import { compileDeviceFilter } from './filter.ts'
import { planDevices, printException, type DevicePolicy } from './plan.ts'

const lines = ({ exceptions }: DevicePolicy) => exceptions.map(printException)

/** What every container may do. */
const ALWAYS = [
  'b *:* m',
  'c *:* m',
  'c 10:200 rwm',
  'c 1:3 rwm',
  'c 1:5 rwm',
  'c 1:7 rwm',
  'c 1:8 rwm',
  'c 1:9 rwm',
  'c 136:* rwm',
  'c 5:0 rwm',
  'c 5:2 rwm',
]
const DENY_ALL: DeviceRule = { allow: false, access: 'rwm' }
const ALLOW_ALL: DeviceRule = { allow: true, type: 'a' }
const rule = (allow: boolean, text: string): DeviceRule => {
  const [, type = '', major, minor, access = ''] = /^(.) (.+):(.+) (.+)$/.exec(text) ?? []
  const number = (key: string, value = '*') => (value === '*' ? {} : { [key]: Number(value) })
  return { allow, type, access, ...number('major', major), ...number('minor', minor) }
}

t.test('rules and what they come to', async (t) => {
  for (const [name, rules, allow, own] of [
    ['none', [], false, []],
    ['deny all', [DENY_ALL], false, []],
    ['allow all', [ALLOW_ALL], true, undefined],
    ['one', [DENY_ALL, rule(true, 'c 10:229 rw')], false, ['c 10:229 rw']],
    ['added up', [rule(true, 'c 10:229 w'), rule(true, 'c 10:229 r')], false, ['c 10:229 rw']],
    ['taken back', [rule(true, 'c 10:229 rwm'), rule(false, 'c 10:229 wm')], false, ['c 10:229 r']],
    ['a range taken back', [rule(true, 'b 8:1 rw'), rule(false, 'b 8:* rw')], false, []],
    ['another type', [rule(true, 'b 8:1 rw'), rule(false, 'c 8:1 rw')], false, ['b 8:1 rw']],
    ['all taken back', [rule(true, 'b 8:1 rw'), DENY_ALL], false, []],
    [
      '-1 is all',
      [{ allow: true, type: 'b', major: 8, minor: -1, access: 'r' }],
      false,
      ['b 8:* r'],
    ],
  ] as const) {
    const policy = planDevices(rules)
    t.equal(policy.allow, allow, name)
    const expected = own === undefined ? [] : [...own, ...ALWAYS]
    t.same(lines(policy).toSorted(), expected.toSorted(), name)
  }
})

t.test('denied devices of a container that may use all others', async (t) => {
  const rules = [ALLOW_ALL, rule(false, 'c 10:229 rwm'), rule(false, 'c 1:3 rwm')]
  // mknod and the null device are for everyone.
  const policy = planDevices(rules)
  t.equal(policy.allow, true)
  t.same(lines(policy), ['c 10:229 rw'])
})

t.test('refusals', async (t) => {
  for (const [rules, message, pointer] of [
    [
      [rule(true, 'c 10:* rw'), rule(false, 'c 10:229 w')],
      /c 10:229 w cannot be taken out of the wider c 10:\* rw/,
      '/linux/resources/devices/1',
    ],
    [[{ allow: true, type: 'x' }], /unknown type "x"/, '/linux/resources/devices/0/type'],
    [[{ allow: true, type: 'c', access: 'q' }], /access "q"/, '/linux/resources/devices/0/access'],
    [[{ allow: true, type: 'c', major: -2 }], /number -2/, '/linux/resources/devices/0'],
  ] as const) {
    t.throws(() => planDevices(rules), { message, pointer })
  }
})

interface Request {
  readonly type: 'b' | 'c'
  readonly access: string
  readonly major: number
  readonly minor: number
}

/** The few instructions that filters consist of, run as the kernel runs them. */
const run = (code: Uint8Array, { type, access, major, minor }: Request): number => {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength)
  const bits = [...access].reduce((sum, letter) => sum | { m: 1, r: 2, w: 4 }[letter]!, 0)
  const context = [(bits << 16) | { b: 1, c: 2 }[type], major, minor]
  const r = Array.from({ length: 11 }, () => 0)
  for (let pc = 0; ; pc++) {
    const at = pc * 8
    const [dst, src] = [view.getUint8(at + 1) & 15, view.getUint8(at + 1) >> 4]
    const [offset, immediate] = [view.getInt16(at + 2, true), view.getInt32(at + 4, true)]
    const opcode = view.getUint8(at)
    if (opcode === 0x61) r[dst] = context[offset / 4]!
    else if (opcode === 0xbc) r[dst] = r[src]!
    else if (opcode === 0xb4) r[dst] = immediate
    else if (opcode === 0x54) r[dst] = r[dst]! & immediate
    else if (opcode === 0x74) r[dst] = r[dst]! >>> immediate
    else if (opcode === 0x15) pc += r[dst] === immediate ? offset : 0
    else if (opcode === 0x55) pc += r[dst] !== immediate ? offset : 0
    else if (opcode === 0x95) return r[0]!
    else throw new Error(`opcode ${opcode}`)
  }
}

t.test('the filter decides as the policy says', async (t) => {
  const allowing = planDevices([rule(true, 'b 8:* r'), rule(true, 'c 10:229 rw')])
  const denying = planDevices([ALLOW_ALL, rule(false, 'b 8:* w'), rule(false, 'c 10:229 rwm')])
  for (const [policy, text, expected] of [
    [allowing, 'c 1:3 rw', 1],
    [allowing, 'c 1:4 r', 0],
    [allowing, 'c 1:4 m', 1],
    [allowing, 'c 1:4 rm', 0],
    [allowing, 'b 8:0 r', 1],
    [allowing, 'b 8:17 r', 1],
    [allowing, 'b 8:0 w', 0],
    [allowing, 'b 8:0 rw', 0],
    [allowing, 'c 8:0 r', 0],
    [allowing, 'c 10:229 rw', 1],
    [allowing, 'c 10:228 r', 0],
    [allowing, 'c 136:7 rw', 1],
    [denying, 'c 1:3 rw', 1],
    [denying, 'c 1:1 rw', 1],
    [denying, 'b 8:0 r', 1],
    [denying, 'b 8:0 w', 0],
    [denying, 'b 8:0 rw', 0],
    [denying, 'c 10:229 r', 0],
    [denying, 'c 10:229 m', 1],
  ] as const) {
    const { type, major = 0, minor = 0, access = '' } = rule(true, text)
    const request = { type: type as 'b' | 'c', access, major: Number(major), minor: Number(minor) }
    const decision = run(compileDeviceFilter(policy), request)
    t.equal(decision, expected, `${policy.allow ? 'denying' : 'allowing'}: ${text}`)
  }
})

t.test('a policy without exceptions is its default', async (t) => {
  const request: Request = { type: 'c', access: 'rw', major: 1, minor: 3 }
  for (const allow of [true, false]) {
    t.equal(run(compileDeviceFilter({ allow, exceptions: [] }), request), allow ? 1 : 0)
  }
})
