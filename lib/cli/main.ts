/** argv → command → exit status. Whatever is thrown below is printed here, once. */
import { doing, Failure } from '../failure.ts'
import { debug } from '../log.ts'
import { locate } from '../spec/load.ts'
import { isHandedOver } from '../sys/caller.ts'
import { parse, usage } from './argv.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { globalOptions } from './global.ts'
import { commandHelp, complete, programHelp } from './help.ts'
import { type Log, openLog } from './log.ts'
import { print } from './output.ts'
import { readPlace } from './place.ts'
import { makeReport, printReport } from './report.ts'
import { versionText } from './version.ts'

const FAILED = 1
/** What runc exits with for a command it does not have. */
const UNKNOWN_COMMAND = 3

const silent: Log = { fail: () => {}, succeed: () => {} }

/** How far the command line was understood: what an error message needs. */
interface Progress {
  log: Log
  name?: string
  command?: Command
  id?: string
  bundle?: string
}

const lookUp = (name: string): Command => {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  throw new Failure(`No help topic for '${name}'`, {
    code: 'COMMAND_UNKNOWN',
    hint: '`tsrun --help` lists the commands',
    exitStatus: UNKNOWN_COMMAND,
  })
}

const checkCount = (name: string, command: Command, operands: readonly string[]): void => {
  const [min, max] = command.count
  const count = operands.length
  if (min === max && count !== min) throw usage(`"${name}" requires exactly ${min} argument(s)`)
  if (count < min) throw usage(`"${name}" requires a minimum of ${min} argument(s)`)
  if (count > max) throw usage(`"${name}" requires a maximum of ${max} argument(s)`)
}

const help = (topic: string | undefined): number => {
  print(topic === undefined ? programHelp(commands) : commandHelp(topic, lookUp(topic)))
  return 0
}

/** What the script that `tsrun completion` prints calls tsrun with. */
const COMPLETE = '--get-yargs-completions'

const run = (argv: readonly string[], progress: Progress): number => {
  if (argv[0] === COMPLETE || argv[0] === 'completion') {
    complete(argv, commands)
    return 0
  }
  const { values, operands, help: wanted } = parse(globalOptions, argv, 'first')
  const [name, ...args] = operands
  if (values.version) {
    print(versionText())
    return 0
  }
  if (wanted || name === undefined) return help(undefined)
  progress.log = openLog({ file: values.log, format: values['log-format'], debug: values.debug })
  if (name === 'help' || name === 'h') return help(args[0])

  const command = lookUp(name)
  Object.assign(progress, { name, command })
  const call = parse(command.options, args, command.passes ? 'first' : 'any')
  if (call.help) return help(name)
  checkCount(name, command, call.operands)
  const [id] = call.operands
  const { bundle } = call.values
  if (id !== undefined) progress.id = id
  if ('bundle' in call.values) progress.bundle = typeof bundle === 'string' ? bundle : '.'
  const place = readPlace(values)
  debug(() => (isHandedOver() ? 'started from the snapshot' : 'started cold'))
  debug(() => `${name}: ${JSON.stringify({ ...place, ...call })}`)
  return doing(id === undefined ? name : `${name} ${id}`, () =>
    command.run({ place, values: call.values, operands: call.operands }),
  )
}

const explainUsage = (message: string, { name, command }: Progress): void => {
  const helpText =
    name === undefined || !command ? programHelp(commands) : commandHelp(name, command)
  print(`Incorrect Usage: ${message}\n\n${helpText}`)
}

const fail = (error: unknown, progress: Progress): number => {
  const { name, command, bundle } = progress
  const report = makeReport(error, { stage: name, bundle }, locate)
  const isUsage = error instanceof Failure && error.code === 'USAGE'
  if (isUsage) explainUsage(report.message, progress)
  printReport(report, progress.log)
  if (error instanceof Error) debug(() => String(error.stack))
  return report.exitStatus ?? (isUsage ? undefined : command?.failureStatus) ?? FAILED
}

/** @returns the exit status */
export const main = (argv: readonly string[]): number => {
  const progress: Progress = { log: silent }
  try {
    const status = run(argv, progress)
    progress.log.succeed()
    return status
  } catch (error) {
    return fail(error, progress)
  }
}
