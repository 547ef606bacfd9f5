/** Help and completion: the only users of yargs, which is loaded for them alone (4 ms). */
import type { Argv, Options as YargsOptions } from 'yargs'
import type { Command } from './command.ts'
import { globalOptions } from './global.ts'
import type { Option, Options } from './option.ts'
import { versionText } from './version.ts'

type Yargs = (args: readonly string[]) => Argv

declare const TSRUN_COMPILED: boolean | undefined

/**
 * Loaded at its first use. In the bundle that is what `require` means; under Node it is what its own
 * require does, which must not stay in the bundle: it would look for the package on the user's disk.
 *
 * Measured on a program that does nothing else, compiled: 2.7 ms without yargs in the bundle, 3.0 ms
 * with yargs behind this require, 7.0 ms with `import yargs from 'yargs'`.
 */
const loadYargs = (): Yargs => {
  const module =
    typeof TSRUN_COMPILED === 'undefined'
      ? process.getBuiltinModule('node:module').createRequire(import.meta.url)('yargs')
      : require('yargs') // oxlint-disable-line typescript/no-require-imports -- the bundler's, see above
  // Node hands over the function itself: yargs exports it as 'module.exports' too.
  return (module as { readonly default?: Yargs }).default ?? (module as Yargs)
}

const types = {
  boolean: 'boolean',
  string: 'string',
  list: 'string',
  integer: 'string',
  duration: 'string',
} as const

const toYargs = (option: Option): YargsOptions => ({
  type: types[option.type],
  array: option.type === 'list',
  requiresArg: option.type !== 'boolean',
  describe: option.describe,
  hidden: option.hidden === true,
  ...(option.alias === undefined ? {} : { alias: option.alias }),
})

/** Settings under which yargs reads a command line as Go does (`argv.ts`). */
const parserSettings = {
  'boolean-negation': false, // --no-pivot is an option's name
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false, // -bundle is --bundle
} as const

/** A yargs that knows one command's options and nothing else. */
export const yargsFor = (args: readonly string[], options: Options): Argv => {
  const parser = loadYargs()(args)
    .scriptName('tsrun')
    .locale('en')
    .parserConfiguration(parserSettings)
    .version(false)
    .help('help')
    .alias('help', 'h')
    .exitProcess(false)
    .wrap(100)
  for (const [name, option] of Object.entries(options)) parser.option(name, toYargs(option))
  return parser
}

const render = (parser: Argv): string => {
  let text = ''
  parser.showHelp((help) => {
    text = help
  })
  return `${text}\n`
}

const paragraphs = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('\n\n')

export const commandHelp = (name: string, command: Command): string => {
  const usage = `USAGE:\ntsrun ${name} [options] ${command.operands}`
  const parser = yargsFor([], command.options)
  parser.usage(paragraphs(`NAME:\ntsrun ${name} - ${command.describe}`, usage, command.about))
  return render(parser)
}

/** Prints a script for bash or zsh, or, when that script asks, what may follow on the command line. */
export const complete = (
  argv: readonly string[],
  commands: Readonly<Record<string, Command>>,
): void => {
  const parser = yargsFor(argv, globalOptions)
  for (const [name, { describe, options }] of Object.entries(commands)) {
    parser.command(name, describe, (own) => {
      for (const [option, definition] of Object.entries(options))
        own.option(option, toYargs(definition))
    })
  }
  parser.completion('completion', false)
  void parser.parse()
}

export const programHelp = (commands: Readonly<Record<string, Command>>): string => {
  const parser = yargsFor([], globalOptions)
  parser.usage(
    paragraphs(
      'NAME:\ntsrun - runs OCI containers, with the commands and options of runc',
      'USAGE:\ntsrun [options] <command> [command options] [arguments]',
      `VERSION:\n${versionText().trimEnd()}`,
    ),
  )
  for (const [name, { describe }] of Object.entries(commands)) parser.command(name, describe)
  return render(parser)
}
