import t from 'tap'
import { divide, profileTextOf } from './profile.ts'
import { parseConfig } from './load.ts'
import { parseSavedConfig } from './saved.ts'
import type { Config } from './types.ts'

const profile = `{
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [{"names": ["read", "seccomp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]
}`
const other = '{"defaultAction": "SCMP_ACT_LOG"}'

const config = (linux: string, more = ''): string =>
  `{"ociVersion": "1.0.0", "root": {"path": "rootfs"}, ${more}"linux": {${linux}}}`

type Parse = (text: string, isKnown?: (profile: string) => boolean) => Config

/** The config, or what is wrong with it. */
const outcome = (parse: Parse, text: string, isKnown?: (profile: string) => boolean): unknown => {
  try {
    // Spread, because its properties are compared: one that is made when somebody asks is like the others.
    return JSON.parse(JSON.stringify(parse(text, isKnown)))
  } catch (error) {
    return String(error)
  }
}

const listening = (action: string): string =>
  config(
    `"seccomp": ${profile.replace('SCMP_ACT_ALLOW', action).replace('{', '{"listenerPath": "/l",')}`,
  )

/** What there may be around a profile, and in one; and whether it is then read without. */
const cases: Readonly<Record<string, readonly [text: string, isLeft: boolean]>> = {
  alone: [config(`"seccomp": ${profile}`), true],
  'no space': [config(`"seccomp":${JSON.stringify(JSON.parse(profile))}`), true],
  'space everywhere': [config(`"seccomp" \n : \t ${profile} \n `), true],
  'among others': [config(`"sysctl": {}, "seccomp": ${profile}, "cgroupsPath": "/a"`), true],
  'another profile': [config(`"seccomp": ${other}`), true],
  'nulls around': [config(`"cgroupsPath": null, "seccomp": ${profile}`), true],
  'escapes around': [
    config(`"seccomp": ${profile}`, '"annotations": {"a": "a\\u0026b\\n\\""}, '),
    true,
  ],
  'its name as a value': [
    config(`"seccomp": ${profile}`, '"annotations": {"seccomp": "seccomp"}, '),
    true,
  ],
  none: [config(''), false],
  null: [config('"seccomp": null'), false],
  'no object': [config('"seccomp": ["{}"]'), false],
  'what is no part of linux': [config('', `"seccomp": ${profile}, `), false],
  'what is no part of linux, before': [
    config(`"seccomp": ${other}`, `"x": {"seccomp": ${profile}}, `),
    false,
  ],
  'twice, the other first': [config(`"seccomp": ${other}, "seccomp": ${profile}`), false],
  'twice, the other last': [config(`"seccomp": ${profile}, "seccomp": ${other}`), false],
  'twice, one in other words': [config(`"seccomp": ${profile}, "secc\\u006fmp": ${other}`), false],
  'linux twice': [config(`"seccomp": ${profile}`, '"linux": {}, '), false],
  'a name twice elsewhere': [config(`"seccomp": ${profile}`, '"x": {"a": 1, "a": 2}, '), false],
  'a fault elsewhere': [config(`"seccomp": ${profile}, "maskedPaths": ["a"]`), false],
  'a fault of the schema': [config(`"seccomp": ${profile}, "sysctl": 5`), false],
  'no JSON': [config(`"seccomp": ${profile},,`), false],
  'the end is missing': [config(`"seccomp": ${profile}`).slice(0, -2), false],
  'cut in the profile': [config(`"seccomp": ${profile}`).slice(0, -20), false],
  'a large number elsewhere': [
    config(`"seccomp": ${profile}, "resources": {"memory": {"limit": 9007199254740993}}`),
    false,
  ],
  'a NUL elsewhere': [config(`"seccomp": ${profile}`, '"hostname": "a\\u0000", '), false],
  'the mark of a profile': [
    config(`"seccomp": ${profile}`, '"annotations": {"a": "\\u0001"}, '),
    false,
  ],
  'the mark for a profile': [config('"seccomp": "\\u0001"', `"seccomp": ${profile}, `), false],
  'braces in it': [config(`"seccomp": ${profile.replace('"read"', '"}{"')}`), true],
  'a brace in it': [config(`"seccomp": ${profile.replace('"read"', '"}"')}`), false],
  'an opening brace in it': [config(`"seccomp": ${profile.replace('"read"', '"{"')}`), false],
  'a listener': [listening('SCMP_ACT_NOTIFY'), false],
  'a listener in other words': [listening('SCMP_ACT_NOT\\u0049FY'), false],
}

/** As the cache of filters is: it knows what was the profile of a good config. */
const remembering = (texts: readonly string[]): ((profile: string) => boolean) => {
  const known = new Set<string>()
  for (const text of texts) {
    try {
      const found = profileTextOf(parseConfig(text))
      if (found !== undefined) known.add(found)
    } catch {
      // no good config
    }
  }
  return (profile) => known.has(profile)
}

const isKnown = remembering(Object.values(cases).map(([text]) => text))

for (const [name, [text, isLeft]] of Object.entries(cases)) {
  t.test(name, (t) => {
    t.same(outcome(parseConfig, text, isKnown), outcome(parseConfig, text), 'as when read whole')
    t.same(outcome(parseSavedConfig, text, isKnown), outcome(parseSavedConfig, text), 'kept')
    let wasLeft = false
    try {
      const { get } = Object.getOwnPropertyDescriptor(
        parseConfig(text, isKnown).linux ?? {},
        'seccomp',
      ) ?? { get: undefined }
      wasLeft = get !== undefined
    } catch {
      // no good config
    }
    t.equal(wasLeft, isLeft)
    t.end()
  })
}

t.test('of an unknown profile nothing is left', (t) => {
  const text = config(`"seccomp": ${profile}`)
  const { linux } = parseConfig(text, () => false)
  t.same(Object.getOwnPropertyDescriptor(linux, 'seccomp')?.value, JSON.parse(profile))
  t.end()
})

t.test('the profile that is left is made once', (t) => {
  const { linux } = parseConfig(config(`"seccomp": ${profile}`), () => true)
  t.same(linux?.seccomp, JSON.parse(profile))
  t.equal(linux?.seccomp, linux?.seccomp)
  t.same(Object.keys({ ...linux }), ['seccomp'])
  t.end()
})

t.test('its text', (t) => {
  t.equal(divide(config(`"seccomp": ${profile}, "sysctl": {}`))?.profile, profile)
  t.equal(
    divide(config(`"seccomp": ${profile}, "sysctl": {}`))?.rest,
    config('"seccomp": "\\u0001", "sysctl": {}'),
  )
  t.equal(divide(config(`"seccomp": {`).replaceAll('}', '')), undefined)
  t.end()
})
