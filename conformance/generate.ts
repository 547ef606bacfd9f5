/** Makes `docs/spec-conformance.md` from the schemas, the command line's own tables and `coverage.ts`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { commands } from '../lib/cli/commands.ts'
import { globalOptions } from '../lib/cli/global.ts'
import { fieldsOf } from '../schema/fields.ts'
import { absent, remarks, shown } from './coverage.ts'

const root = join(import.meta.dirname, '..')

/** `a.{b,c{d,e}}` → `a.b`, `a.cd`, `a.ce`; `{}` alone stands for itself. */
export const expand = (pattern: string): readonly string[] => {
  const open = [...pattern.matchAll(/\{(?!\})/g)].at(-1)?.index
  if (open === undefined) return [pattern]
  let close = open + 1
  for (; pattern[close] !== '}' || pattern[close - 1] === '{'; close++) {
    if (close >= pattern.length) throw new Error(`a brace of ${pattern} is not closed`)
  }
  const [before, after] = [pattern.slice(0, open), pattern.slice(close + 1)]
  const inner = pattern.slice(open + 1, close).split(',')
  return inner.flatMap((name) => expand(before + name + after))
}

/** Objects are shown by what they have. */
const leaves = (fields: readonly string[]): readonly string[] =>
  fields.filter(
    (field) =>
      !fields.some(
        (other) => /^(\[\]|\{\})?\./.test(other.slice(field.length)) && other.startsWith(field),
      ),
  )

const optionsOf = (name: string, options: object): readonly string[] =>
  Object.keys(options).map((option) => `${name} --${option}`)

/** A heading, and everything under it that has to be shown. */
export const sections = (): readonly (readonly [heading: string, names: readonly string[]])[] => {
  const config = leaves(fieldsOf('config.json'))
  const within = (part: string): readonly string[] =>
    config.filter(
      (field) =>
        field === part || (/^[.[{]/.test(field.slice(part.length)) && field.startsWith(part)),
    )
  const parts = ['root', 'process', 'mounts', 'hooks', 'linux.resources', 'linux.seccomp']
  const inParts = new Set(parts.flatMap(within))
  const general = config.filter((field) => !inParts.has(field))
  const missing = new Set(Object.keys(absent).flatMap(expand))
  const prefixed = (file: string): readonly string[] =>
    leaves(fieldsOf(`${file}.json`)).map((field) => `${file}:${field}`)
  return [
    ['config.json', general.filter((field) => !field.startsWith('linux'))],
    ...parts.slice(0, 4).map((part) => [`config.json: ${part}`, within(part)] as const),
    ['config.json: linux', general.filter((field) => field.startsWith('linux'))],
    ...parts.slice(4).map((part) => [`config.json: ${part}`, within(part)] as const),
    ['The state', prefixed('state')],
    ['The features', prefixed('features')],
    ['Options before the command', optionsOf('tsrun', globalOptions)],
    ...Object.entries(commands).map(
      ([name, { options }]) =>
        [`tsrun ${name}`, [name, ...(missing.has(name) ? [] : optionsOf(name, options))]] as const,
    ),
  ]
}

/** Whether a file has a test, or a table of cases, of that name. */
const hasTest = (file: string, name: string): boolean => {
  const path = join(root, file)
  if (!existsSync(path)) return false
  const text = readFileSync(path, 'utf8')
  const escaped = name.replaceAll("'", "\\'")
  const quoted = [`'${escaped}'`, `"${name}"`, `\`${name}\``].some((form) => text.includes(form))
  return quoted || new RegExp(`^ +${name}: \\[`, 'm').test(text)
}

interface Shown {
  readonly file: string
  readonly test: string
}

/** @throws Error for what does not fit together */
export const coverage = (): ReadonlyMap<string, readonly Shown[] | string> => {
  const found = new Map<string, Shown[] | string>()
  const troubles: string[] = []
  for (const [file, tests] of Object.entries(shown)) {
    for (const [test, patterns] of Object.entries(tests)) {
      if (!hasTest(file, test)) troubles.push(`${file} has no test ${JSON.stringify(test)}`)
      for (const name of patterns.flatMap(expand)) {
        const before = found.get(name)
        found.set(name, [...(Array.isArray(before) ? before : []), { file, test }])
      }
    }
  }
  for (const [pattern, reason] of Object.entries(absent)) {
    for (const name of expand(pattern)) {
      if (found.has(name)) troubles.push(`${name} is shown, and absent`)
      found.set(name, reason)
    }
  }
  const known = new Set(sections().flatMap(([, names]) => names))
  for (const name of known) {
    if (!found.has(name)) troubles.push(`nothing shows ${name}`)
  }
  for (const name of found.keys()) {
    if (!known.has(name)) troubles.push(`${name} is not known`)
  }
  for (const name of Object.keys(remarks).flatMap(expand)) {
    if (!Array.isArray(found.get(name)))
      troubles.push(`there is a remark on ${name}, which nothing shows`)
  }
  if (troubles.length === 0) return found
  throw new Error(`conformance/coverage.ts:\n  ${troubles.join('\n  ')}`)
}

const INTRODUCTION = `# What tsrun conforms to

Made by \`npm run generate\` from \`conformance/coverage.ts\`: every property of runtime-spec 1.3.0 that a container
on Linux has, every command and every option, and the test that shows it. A test that is gone, or a property that
nobody has put there, is an error of \`npm run ok\`.
`

const item = (name: string, how: readonly Shown[] | string, remark: string | undefined): string => {
  const shownName = `\`${name.replace(/^(state|features):/, '')}\``
  if (typeof how === 'string') return `- ${shownName}: no. ${how}`
  const tests = how.map(({ file, test }) => `[${file}](../${file}) “${test}”`)
  return `- ${shownName}: ${tests.join(', ')}${remark === undefined ? '' : ` (${remark})`}`
}

const remarkOf = (name: string): string | undefined =>
  Object.entries(remarks).find(([pattern]) => expand(pattern).includes(name))?.[1]

/** @throws Error, as {@link coverage} */
export const conformanceText = async (): Promise<string> => {
  const found = coverage()
  const text = sections()
    .filter(([, names]) => names.length > 0)
    .map(([heading, names]) => {
      const items = names.map((name) => item(name, found.get(name)!, remarkOf(name)))
      return `## ${heading}\n\n${items.join('\n')}\n`
    })
  const options = (await resolveConfig(join(root, 'docs/x.md'))) ?? {}
  return format(`${INTRODUCTION}\n${text.join('\n')}`, { ...options, parser: 'markdown' })
}
