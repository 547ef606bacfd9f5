/**
 * Turns the schemas of this folder into TypeScript types and validators in lib/spec.
 *
 *     npm run generate              writes them
 *     npm run generate -- --check   fails when what is committed is not what would be written
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { validators } from './generate-validators.ts'
import { types } from './generate-types.ts'

const output = new URL('../lib/spec/', import.meta.url)

const files: ReadonlyArray<readonly [name: string, content: string]> = [
  ['types.ts', await types()],
  ...validators(
    ['Config', 'Process', 'Resources'],
    ['Config', 'Process', 'Resources', 'State', 'Features'],
  ),
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
  for (const [name] of stale) console.error(`lib/spec/${name} is stale: run \`npm run generate\``)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const [name, content] of stale) {
    writeFileSync(new URL(name, output), content)
    console.log(`lib/spec/${name} written`)
  }
}
