/**
 * Turns the schemas of this folder into TypeScript types and validators in lib/spec, and into the list of what
 * shows each property in docs.
 *
 *     npm run generate              writes them
 *     npm run generate -- --check   fails when what is committed is not what would be written
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { validators } from './generate-validators.ts'
import { conformanceText } from '../conformance/generate.ts'
import { types } from './generate-types.ts'

const output = new URL('../', import.meta.url)

const files: ReadonlyArray<readonly [name: string, content: string]> = [
  ['lib/spec/types.ts', await types()],
  ...validators(
    ['Config', 'Process', 'Resources'],
    ['Config', 'Process', 'Resources', 'State', 'Features'],
  ).map(([name, content]) => [`lib/spec/${name}`, content] as const),
  ['docs/spec-conformance.md', await conformanceText()],
]

const current = (name: string): string | undefined => {
  try {
    return readFileSync(new URL(name, output), 'utf8')
  } catch {
    return undefined
  }
}

const stale = files.filter(([name, content]) => current(name) !== content)
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is stale: run \`npm run generate\``)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const [name, content] of stale) {
    writeFileSync(new URL(name, output), content)
    console.log(`${name} written`)
  }
}
