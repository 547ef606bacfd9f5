/**
 * The command line, parsed by Go's rules, because runc is written in Go and its callers know no other:
 * `-bundle X`, `--bundle=X`, `--detach=false`; letters are never clustered; an option wants its
 * argument even when that looks like another option.
 *
 * Hand-written because it stands in the way of every container start: loading yargs takes 4.3 ms, this
 * takes 0.06. yargs reads the same tables for the help and the completion (`help.ts`); the test holds
 * both parsers to the same answers.
 */
import { Failure } from '../failure.ts'
import { helpOption, type Option, type Options, type Value, type Values } from './option.ts'
import { defaultValue, parseValue } from './value.ts'

export interface Parsed<O extends Options> {
  readonly values: Values<O>
  readonly operands: readonly string[]
  readonly help: boolean
}

/**
 * - `first`: the first operand ends the options; what follows belongs to someone else (`exec ID ls -la`).
 * - `any`: options may stand after operands too (`delete ID --force`).
 */
export type OptionsEnd = 'first' | 'any'

export const usage = (message: string): Failure => new Failure(message, { code: 'USAGE' })

interface Found {
  readonly name: string
  readonly option: Option
}

const find = (options: Options, name: string): Found | undefined => {
  if (Object.hasOwn(options, name)) {
    const option = options[name]
    if (option) return { name, option }
  }
  if (name.length === 1) {
    for (const [long, option] of Object.entries(options)) {
      if (option.alias === name) return { name: long, option }
    }
  }
  return name === 'help' || name === 'h' ? { name: 'help', option: helpOption } : undefined
}

interface Token {
  readonly name: string
  /** What follows `=`. */
  readonly argument: string | undefined
}

const readToken = (text: string): Token => {
  const body = text.slice(text.startsWith('--') ? 2 : 1)
  if (body === '' || body.startsWith('-') || body.startsWith('=')) {
    throw usage(`bad flag syntax: ${text}`)
  }
  const equals = body.indexOf('=')
  return equals < 0
    ? { name: body, argument: undefined }
    : { name: body.slice(0, equals), argument: body.slice(equals + 1) }
}

const readArgument = (
  option: Option,
  { name, argument }: Token,
  next: string | undefined,
): Value => {
  if (option.type === 'boolean' && argument === undefined) return true
  const text = argument ?? next
  if (text === undefined) throw usage(`flag needs an argument: -${name}`)
  const value = parseValue(option.type, text)
  if (value !== undefined) return value
  const boolean = option.type === 'boolean'
  const what = boolean ? 'boolean value' : 'value'
  throw usage(`invalid ${what} "${text}" for ${boolean ? '' : 'flag '}-${name}: parse error`)
}

/**
 * @throws {Failure} code `USAGE`, in the words of Go's flag package: podman looks for
 * `flag needs an argument` to learn whether an option exists
 */
export const parse = <const O extends Options>(
  options: O,
  args: readonly string[],
  end: OptionsEnd,
): Parsed<O> => {
  const values: Record<string, Value> = {}
  for (const [name, option] of Object.entries(options)) values[name] = defaultValue(option)
  const operands: string[] = []
  let help = false

  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    const isOption = arg.startsWith('-') && arg !== '-'
    if (arg === '--' || (!isOption && end === 'first')) {
      // Once operands have begun, runc keeps a `--` as one of them.
      operands.push(...args.slice(arg === '--' && operands.length === 0 ? i + 1 : i))
      break
    }
    if (!isOption) {
      operands.push(arg)
      continue
    }
    const token = readToken(arg)
    const found = find(options, token.name)
    if (!found) {
      if (operands.length === 0) throw usage(`flag provided but not defined: -${token.name}`)
      operands.push(arg) // as in `kill ID -9`
      continue
    }
    const { name, option } = found
    const value = readArgument(option, token, args[i + 1])
    if (option.type !== 'boolean' && token.argument === undefined) i++
    if (name === 'help' && !Object.hasOwn(options, 'help')) help = value === true
    else if (option.type === 'list') values[name] = [...(values[name] as string[]), String(value)]
    else values[name] = value
  }
  return { values: values as Values<O>, operands, help }
}
