import t from 'tap'
import { addAddress, addressesIn, isKept, linksIn, moveLink } from './link.ts'
import { answerOf, attributesOf, decode, encode, text, textOf, u32 } from './netlink.ts'

const hex = (value: Buffer): string => value.toString('hex')

t.equal(
  hex(encode(moveLink(7, 5, 'eth0'), 3)),
  // length 0x34, type 16, REQUEST | ACK, sequence 3, port 0
  '34000000' +
    '1000' +
    '0500' +
    '03000000' +
    '00000000' +
    // family and type 0, index 7, no flags
    '00000000' +
    '07000000' +
    '00000000' +
    '00000000' +
    // IFLA_NET_NS_FD 5; IFLA_IFNAME with its NUL and three bytes of padding
    '0800' +
    '1c00' +
    '05000000' +
    '0900' +
    '0300' +
    '6574683000' +
    '000000',
  'a request, byte by byte',
)

t.throws(
  () => encode({ type: 1, body: Buffer.alloc(0), attributes: [[3, Buffer.alloc(65533)]] }, 1),
  RangeError,
  'a length of 17 bits is not cut to 16',
)
t.doesNotThrow(() =>
  encode({ type: 1, body: Buffer.alloc(0), attributes: [[3, Buffer.alloc(65531)]] }, 1),
)

t.equal(textOf(text('lo')), 'lo')
t.equal(textOf(undefined), '')

t.test('several messages in a datagram', async (t) => {
  const one = encode({ type: 16, body: Buffer.alloc(17, 1) }, 1)
  const padded = Buffer.concat([one, Buffer.alloc(3)])
  const messages = decode(Buffer.concat([padded, encode({ type: 3, body: u32(0) }, 1)]))
  t.strictSame(
    messages.map(({ type, payload }) => [type, payload.length]),
    [
      [16, 17],
      [3, 4],
    ],
  )
  t.strictSame(decode(one.subarray(0, 20)), [], 'one that is cut off')
  t.strictSame(decode(Buffer.alloc(16)), [], 'one without a length')
})

t.test('attributes', async (t) => {
  const body = Buffer.alloc(8)
  const { payload } = decode(
    encode(
      {
        type: 1,
        body,
        attributes: [
          [0x8003, text('a')],
          [8, u32(9)],
        ],
      },
      1,
    ),
  )[0]!
  const attributes = attributesOf(payload, 8)
  t.equal(textOf(attributes.get(3)), 'a', 'nesting is no part of the type')
  t.equal(attributes.get(8)?.readUInt32LE(0), 9)
  t.equal(attributesOf(payload.subarray(0, 11), 8).size, 0, 'one that is cut off')
})

t.test('answers', async (t) => {
  const error = (number: number, flags: number, rest: Buffer): ReturnType<typeof answerOf> => {
    const body = Buffer.alloc(4)
    body.writeInt32LE(-number)
    return answerOf({ type: 2, flags, sequence: 1, payload: Buffer.concat([body, rest]) })
  }
  const request = encode(moveLink(7, 5, 'eth0'), 3)
  t.strictSame(error(0, 0, request), { errno: 0, message: '' })
  t.strictSame(error(22, 0, request), { errno: 22, message: '' })
  const said = Buffer.from('0e000100' + Buffer.from('immutable\0').toString('hex') + '0000', 'hex')
  t.strictSame(error(22, 0x200, Buffer.concat([request, said])), {
    errno: 22,
    message: 'immutable',
  })
  t.strictSame(
    error(22, 0x300, Buffer.concat([request.subarray(0, 16), said])),
    { errno: 22, message: 'immutable' },
    'without the request',
  )
  t.strictSame(answerOf({ type: 3, flags: 2, sequence: 1, payload: u32(0) }), {
    errno: 0,
    message: '',
  })
  t.equal(answerOf({ type: 16, flags: 2, sequence: 1, payload: u32(0) }), undefined)
})

/** What the kernel sends of an address: 10.0.0.1/24 on device 7. */
const address = (
  scope: number,
  flags: number,
  label: string,
): ReturnType<typeof addressesIn>[0] => {
  const body = Buffer.from([2, 24, 0, scope, 7, 0, 0, 0])
  const local = Buffer.from([10, 0, 0, 1])
  const message = encode(
    {
      type: 20,
      body,
      attributes: [
        [1, local],
        [2, local],
        [4, Buffer.from([10, 0, 0, 255])],
        [3, text(label)],
        [8, u32(flags)],
        [6, Buffer.alloc(16)],
      ],
    },
    1,
  )
  return addressesIn(decode(message))[0]!
}

for (const [what, scope, flags, kept] of [
  ['set by somebody', 0, 0x80, true],
  ['with a lifetime', 0, 0, false],
  ['of the link', 253, 0x80, false],
  ['of the host', 254, 0x80, false],
  ['without a prefix route', 0, 0x280, true],
] as const) {
  t.equal(isKept(address(scope, flags, 'eth0')), kept, what)
}

t.test('an address that comes with its device', async (t) => {
  const from = { index: 7, name: 'eth0', isUp: true }
  const to = { index: 2, name: 'net1', isUp: false }
  const again = (label: string): ReturnType<typeof addressesIn>[0] =>
    addressesIn(decode(encode(addAddress(address(0, 0x2c0, label), from, to), 1)))[0]!
  t.match(again('eth0'), { index: 2, family: 2, prefix: 24, scope: 0, flags: 0x200 })
  const { attributes } = again('eth0:web')
  t.strictSame([...attributes.keys()].toSorted(), [1, 2, 3, 4, 8], 'without its lifetime')
  t.equal(hex(attributes.get(4)!), '0a0000ff')
  t.equal(textOf(attributes.get(3)), 'net1:web')
  t.equal(again('other').attributes.has(3), false, 'a label of another device')
})

t.strictSame(
  linksIn(
    decode(
      encode(
        {
          type: 16,
          body: Buffer.from('0000000007000000' + '01000000' + '00000000', 'hex'),
          attributes: [[3, text('eth0')]],
        },
        1,
      ),
    ),
  ),
  [{ index: 7, name: 'eth0', isUp: true }],
)
