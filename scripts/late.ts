/**
 * Parts of the program that are loaded when one of their functions is first called.
 *
 * The engine decodes a file's bytecode as a whole and runs the declarations of every module in it, whether
 * the command needs them or not: 2 ms of the 8 that `tsrun --version` took. The sources import each other
 * as usual. The build puts a module with the same functions in the place of each of these, which calls the
 * real one, and the bundler makes files of what only one part needs. It makes another file for each set of
 * parts that share something, at 40 µs a file, so the parts are few.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Others use nothing but functions of these modules. */
const parts: Readonly<Record<string, readonly string[]>> = {
  make: [
    'lib/container/create.ts',
    'lib/container/run.ts',
    'lib/container/hooks/hook.ts',
    'lib/container/hooks/place.ts',
    'lib/spec/load.ts',
  ],
  // Apart from `make`, whose rules and mounts it does not need: 2 to 6 % of an exec (60 in turns).
  enter: ['lib/container/exec/exec.ts'],
  seldom: [
    'lib/cli/help.ts',
    'lib/container/events.ts',
    'lib/container/features.ts',
    'lib/container/update.ts',
    'lib/linux/cgroup/memory/oom-log.ts',
    'lib/linux/cgroup/systemd/parent.ts',
  ],
  complain: ['lib/spec/validate-all.js'],
}

const declaration = /^export (const|class|function|let) (\w+)/gm

const functionsOf = (module: string, source: string): readonly string[] =>
  [...source.matchAll(declaration)].map(([, kind, name]) => {
    if (kind === 'const') return name!
    throw new Error(`${module} cannot be loaded late: it exports ${kind} ${name}`)
  })

/** @returns the line that makes `module` a member of its part */
const replace = (root: string, part: string, module: string, member: string): string => {
  const file = join(root, module)
  const moved = module.replace(/\.(?=[jt]s$)/, '.late.')
  const from = relative(dirname(module), `${part}.ts`)
  const functions = functionsOf(module, readFileSync(file, 'utf8'))
  const calls = functions.map(
    (name) =>
      `export const ${name} = (...args) => require('./${from}').${member}.${name}(...args)\n`,
  )
  renameSync(file, join(root, moved))
  writeFileSync(file, calls.join(''))
  return `export * as ${member} from './${moved}'\n`
}

/** @param root of a copy of the sources, which it changes */
export const setApart = (root: string): void => {
  for (const [part, modules] of Object.entries(parts)) {
    const lines = modules.map((module, i) => replace(root, part, module, `module${i}`))
    writeFileSync(join(root, `${part}.ts`), lines.join(''))
  }
}
