import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openBus, openPeer } from './bus.ts'
import { endOfType, typesOf } from './dbus-signature.ts'
import { hasLibsystemd } from './libsystemd.ts'

t.test('signatures', async (t) => {
  t.equal(endOfType('a(ss)t'), 5)
  t.equal(endOfType('ssa(sv)', 2), 7)
  t.same(typesOf('sa(sa{sv})aa(b)t'), ['s', 'a(sa{sv})', 'aa(b)', 't'])
})

const skip = !hasLibsystemd() && 'this host has no libsystemd'

t.test('without a bus', { skip }, async (t) => {
  t.throws(() => openPeer('/nonexistent/socket', 100), {
    code: 'ENOENT',
    message: /^sd_bus_open\(3\)/,
  })
})

/** In another process, because waiting for the bus blocks this one. */
const serve = async (t: Test, onConnection: string): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-bus-'))
  const path = join(directory, 'socket')
  const program = `require('node:net').createServer(${onConnection}).listen(${JSON.stringify(path)}, () => console.log('up'))`
  const server = spawn(process.execPath, ['-e', program])
  t.teardown(() => {
    server.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  })
  await once(server.stdout, 'data')
  return path
}

t.test('a bus that does not even greet', { skip }, async (t) => {
  const path = await serve(t, '() => {}')
  const address = process.env['DBUS_SYSTEM_BUS_ADDRESS']
  t.teardown(() => {
    if (address === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS']
    else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = address
  })
  process.env['DBUS_SYSTEM_BUS_ADDRESS'] = `unix:path=${path}`
  const start = performance.now()
  t.throws(() => openBus('system', 200), {
    code: 'TIMEOUT',
    message: 'the system bus did not answer within 0.2 s',
  })
  t.throws(() => openPeer(path, 200), { code: 'TIMEOUT' })
  const took = performance.now() - start
  t.ok(took >= 350 && took < 5000, `${took} ms`)
})

/** All that a client wants to hear before its first call, at once. */
const GREETING = `DATA\\r\\nOK ${'0123456789abcdef'.repeat(2)}\\r\\nAGREE_UNIX_FD\\r\\n`

t.test('a peer that does not answer calls', { skip }, async (t) => {
  const path = await serve(t, `(c) => c.once('data', () => c.write('${GREETING}'))`)
  const peer = openPeer(path, 5000)
  t.teardown(() => peer.close())
  const call = {
    destination: 'org.example',
    path: '/org/example',
    interface: 'org.example.Manager',
    member: 'Wait',
    signature: 'ssa(sv)ay',
    args: [
      'a',
      'b',
      [
        ['c', { signature: 't', value: 2n ** 64n - 1n }],
        ['d', { signature: 'a(ss)', value: [['e', 'f']] }],
      ],
      Uint8Array.of(1, 2),
    ],
  }
  t.throws(() => peer.call(call, 200), {
    code: 'TIMEOUT',
    message: 'org.example did not answer Wait within 0.2 s',
  })
  const signal = { interface: 'org.example.Manager', member: 'Done', types: 's', accept: () => 1 }
  t.equal(peer.awaitSignal(signal, 100), undefined)
})
