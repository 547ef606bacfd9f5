import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
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

t.test('a bus that does not answer', { skip }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-bus-'))
  const path = join(directory, 'socket')
  // In another process, because waiting for the bus blocks this one.
  const server = spawn(process.execPath, [
    '-e',
    `require('node:net').createServer(() => {}).listen(${JSON.stringify(path)}, () => console.log('up'))`,
  ])
  const address = process.env['DBUS_SYSTEM_BUS_ADDRESS']
  t.teardown(() => {
    server.kill('SIGKILL')
    if (address === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS']
    else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = address
    rmSync(directory, { recursive: true })
  })
  await once(server.stdout, 'data')
  t.ok(existsSync(path))
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
