/** Runs one of the bundles: `npm run demo [-- NAME]`. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { withinReach } from '../bundles/within-reach.ts'
import { freshProgram } from './fresh.ts'

const bundles = join(import.meta.dirname, '../bundles')
const name = process.argv[2] ?? 'hello'

const names = (): readonly string[] =>
  readdirSync(bundles).filter((entry) => existsSync(join(bundles, entry, 'config.json')))

const run = (bundle: string): number => {
  const args = ['run', '--bundle', bundle, `demo-${name}-${process.pid}`]
  const program = freshProgram()
  console.error(`$ tsrun ${args.join(' ')}\n`)
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit' })
  if (error) throw error
  if (signal) console.error(`tsrun died of ${signal}`)
  return status ?? 1
}

const demo = (): number => {
  if (!names().includes(name)) {
    console.error(`there is no bundle "${name}"; there are: ${names().join(', ')}`)
    return 1
  }
  if (process.getuid?.() !== 0) {
    console.error('the demo makes a container, which takes root: sudo npm run demo')
    return 1
  }
  return withinReach(join(bundles, name), run)
}

process.exitCode = demo()
