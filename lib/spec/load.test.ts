import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../failure.ts'
import { locate, parseConfig, parseProcess, parseResources, readConfig } from './load.ts'

const loadConfig = (directory: string) => parseConfig(readConfig(directory))

const fails = (action: () => unknown): Failure => {
  try {
    action()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it does not fail')
}

const minimal = '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}}'

const bundle = (config: string | Buffer): string => {
  const directory = t.testdir({})
  writeFileSync(join(directory, 'config.json'), config)
  return directory
}

t.test('a good config', (t) => {
  t.same(loadConfig(bundle(minimal)), { ociVersion: '1.0.0', root: { path: 'rootfs' } })
  const large = minimal.replace('{', `{"unknown": "${'ü'.repeat(100_000)}",`)
  t.same(Object.keys(loadConfig(bundle(large))), ['unknown', 'ociVersion', 'root'])
  t.end()
})

t.test('64-bit integers are exact', (t) => {
  const text = minimal.replace(
    '{',
    `{"linux": {"resources": {"memory": {"limit": 9223372036854775807}, "cpu": {"shares": 1024}}},`,
  )
  const { memory, cpu } = parseConfig(text).linux?.resources ?? {}
  t.equal(memory?.limit, 9223372036854775807n)
  t.equal(cpu?.shares, 1024)
  t.match(
    fails(() => parseConfig(text.replace('807', '808'))).message,
    /limit {2}expected an integer of 64 bits.*, got 9223372036854775808/,
  )
  t.end()
})

t.test('no config', (t) => {
  const directory = t.testdir({})
  for (const place of [directory, join(directory, 'gone')]) {
    const failure = fails(() => loadConfig(place))
    t.equal(failure.message, 'JSON specification file config.json not found')
    t.equal(failure.code, 'CONFIG_MISSING')
  }
  t.end()
})

t.test('files that are no JSON text', (t) => {
  const cases: readonly (readonly [content: string | Buffer, message: RegExp])[] = [
    [Buffer.from([0x7b, 0xff, 0x7d]), /^config.json is not UTF-8$/],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /^config.json is not UTF-8$/],
    [`\ufeff${minimal}`, /^config.json starts with a byte order mark$/],
    ['', /config.json:1:1 {2}expected a value, got the end of the file\n.*too early/],
    [`${minimal} x`, /config.json:1:53 {2}expected the end of the file after the value, got "x"/],
    [
      `{"a": ${'['.repeat(9999)}${']'.repeat(9999)}}`,
      /:507 {2}expected at most 500 levels of nesting/,
    ],
    ['[]', /config.json:1:1 {2}expected an object, got an array$/],
    ['null', /config.json:1:1 {2}expected an object, got null$/],
    ['{\n "a": 1,\n}', /config.json:3:1 {2}expected a property name.*, got "}"\n.*comma/],
  ]
  for (const [content, message] of cases) {
    const failure = fails(() => loadConfig(bundle(content)))
    t.equal(failure.code, 'CONFIG_INVALID')
    t.match(failure.message, message)
  }
  t.end()
})

t.test('all errors at once, in the order of the file', (t) => {
  const text = `{
  "ociVersion": "1.0.0",
  "root": {"path": 5},
  "hostname": "web",
  "process": {
    "CWD": "/",
    "args": "sh",
    "env": ["A=1"],
    "user": {"uid": "0", "gid": 99999999999999999999},
    "rlimits": [{"type": "nofile", "soft": 9, "hard": 5}],
    "env": ["PATH"]
  },
  "mounts": [{"destination": ""}, {"destination": "/x", "options": [null]}, {"type": "proc"}],
  "linux": {"sysctl": {"vm.swappiness": "1", "net.a\\u0000": "1"}}
}`
  const lines = fails(() => parseConfig(text)).message.split('\n')
  const told = lines.filter((line) => !line.startsWith('    hint: ')).map((line) => line.trim())
  t.same(
    told.map((line) => line.split('  ').slice(0, 2)),
    [
      ['config.json is invalid:'],
      ['config.json:3:20', '/root/path'],
      ['config.json:4:15', '/hostname'],
      ['config.json:5:14', '/process'],
      ['config.json:7:13', '/process/args'],
      ['config.json:9:21', '/process/user/uid'],
      ['config.json:9:33', '/process/user/gid'],
      ['config.json:10:26', '/process/rlimits/0/type'],
      ['config.json:10:44', '/process/rlimits/0/soft'],
      ['config.json:11:5', '/process/env'],
      ['config.json:11:13', '/process/env/0'],
      ['config.json:13:14', '/mounts/0'],
      ['config.json:13:30', '/mounts/0/destination'],
      ['config.json:13:69', '/mounts/1/options/0'],
      ['config.json:13:77', '/mounts/2'],
      ['config.json:14:41', '/linux/sysctl/vm.swappiness'],
      ['config.json:14:61', '/linux/sysctl/net.a\\u0000'],
      ['config.json:14:61', '/linux/sysctl/net.a\\u0000'],
    ],
  )
  const hints = lines.filter((line) => line.startsWith('    hint: '))
  for (const hint of [
    'names are case sensitive: "CWD" is another property',
    'write it in brackets: ["sh"]',
    'remove the quotes',
    'did you mean "RLIMIT_NOFILE"?',
    'leave it out instead of null',
  ]) {
    t.ok(hints.includes(`    hint: ${hint}`), hint)
  }
  t.end()
})

t.test('nobody reads a thousand errors', (t) => {
  const mounts = Array.from({ length: 1000 }, () => '5').join()
  const text = minimal.replace('{', `{"mounts": [${mounts}],`)
  const lines = fails(() => parseConfig(text)).message.split('\n')
  t.equal(lines.at(-1), '  and 950 more')
  t.end()
})

t.test('NUL characters, but in annotations', (t) => {
  const good = minimal.replace('{', '{"annotations": {"a": "\\u0000"},')
  t.doesNotThrow(() => parseConfig(good))
  t.doesNotThrow(() => parseConfig(good.replace('\\u0000', '\\\\u0000')))
  const bad = minimal.replace('rootfs', 'root\\u0000fs')
  t.match(fails(() => parseConfig(bad)).message, /\/root\/path {2}expected text without NUL/)
  t.doesNotThrow(() => parseConfig(minimal.replace('rootfs', 'root\\\\u0000fs')))
  t.end()
})

t.test('the documents of exec and update', (t) => {
  const process = parseProcess('{"cwd": "/", "args": ["sh"]}', 'p.json')
  t.same(process, { cwd: '/', args: ['sh'] })
  t.match(
    fails(() => parseProcess('{"cwd": "tmp"}', 'p.json')).message,
    /^p.json is invalid:\n {2}p.json:1:1 {2}expected the property "args"\n.*\n {2}p.json:1:9 {2}\/cwd/,
  )
  t.same(parseResources('{"memory": {"swap": 5}}', '-'), { memory: { swap: 5 } })
  t.match(
    fails(() => parseResources('{"memory": {"swap": -5}}', '-')).message,
    /-:1:21 {2}\/memory\/swap/,
  )
  t.end()
})

t.test('the place of a setting, later', (t) => {
  const directory = bundle('{\n  "mounts": [\n    {"destination": "/a"}\n  ]\n}')
  t.same(locate(directory, '/mounts/0/destination'), { line: 3, column: 21 })
  t.same(locate(directory, '/mounts/7'), { line: 2, column: 13 })
  t.equal(locate(join(directory, 'gone'), '/mounts/0'), undefined)
  t.end()
})
