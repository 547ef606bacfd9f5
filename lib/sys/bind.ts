/**
 * Turns a C prototype into a function that throws.
 *
 * Every binding is made at its first call (a declaration costs 8 µs, and no command needs them all),
 * retries EINTR, refuses strings with a NUL inside (C would cut them there and act on another file)
 * and turns -1 into a {@link SyscallError} that prints the call as it was made.
 */
import { bitsOf, Structure, elsewhere, type Argument, type CallKind } from './elsewhere.ts'
import { EINTR, EINVAL } from './errno.ts'
import { SyscallError, describeFd } from './error.ts'
import { encodeName, isStrange } from './file-name.ts'
import { ffi, libc } from './koffi.ts'
import { isSyscall, numberOf, numbersOf, type SyscallName } from './numbers.ts'

/** How an argument prints in an error. Plain values need none. */
export type Printer = (value: never) => string

export const fd: Printer = (value: number) => (value === -100 ? 'AT_FDCWD' : describeFd(value))

interface Options {
  /** One a parameter; parameters without one print as they are. */
  readonly print?: readonly (Printer | undefined)[]
  /**
   * Answers that are no error to the caller: they are returned, negative. Making an error with its stack
   * and its text takes 50 µs, as long as the mount that one of ten masked paths then does not need.
   */
  readonly expect?: readonly number[]
  /** `false` where the caller wants EINTR itself: poll(2), waitpid(2) in a signal loop. */
  readonly retry?: false
  /** `false` where nobody waits for the result when another process makes the call: close(2). */
  readonly awaited?: false
}

/** No errno is greater. */
const MAX_ERRNO = 4095

type Native = (...args: readonly unknown[]) => number

const printArgument = (value: unknown, printer: Printer | undefined): string => {
  if (printer) return printer(value as never)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null) return 'NULL'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Library functions whose system call has another name. */
const systemCalls: Readonly<Record<string, string>> = {
  pread: 'pread64',
  prlimit: 'prlimit64',
  send: 'sendto',
}

/** A function as it is known from its first call on: making one takes time that many commands do not need. */
interface Declared {
  readonly name: string
  readonly native: Native
  /** Of the system call, where `native` is syscall(2) and takes it first. */
  readonly number: number | undefined
  /** Indices of the parameters that are pointers, */
  readonly pointers: readonly number[]
  /** of these, to what may be written to, */
  readonly outputs: readonly number[]
  /** and by parameter: text, such as a path. Data has a size of its own, which counts its bytes. */
  readonly text: readonly boolean[]
}

const declared = (
  name: string,
  types: readonly string[],
  native: Native,
  number?: number,
): Declared => {
  const pointers = [...types.keys()].filter((i) => types[i]!.includes('*'))
  return {
    name,
    native,
    number,
    pointers,
    outputs: pointers.filter((i) => !types[i]!.includes('const')),
    text: types.map((type) => type.includes('char')),
  }
}

/** A structure in this process's memory. What it points to has to be held until the call is over. */
const layOut = ({ words }: Structure, held: unknown[]): BigUint64Array => {
  const values = words.map((word) => {
    if (typeof word === 'number') return BigInt(word)
    return ffi.address(word instanceof Structure ? layOut(word, held) : word)
  })
  const memory = new BigUint64Array(values)
  held.push(memory)
  return memory
}

/** Written out, because a call with `...args` takes a thousand instructions more. */
const syscall = (native: Native, number: number, args: readonly unknown[]): number => {
  switch (args.length) {
    case 1:
      return native(number, args[0])
    case 2:
      return native(number, args[0], args[1])
    case 3:
      return native(number, args[0], args[1], args[2])
    case 4:
      return native(number, args[0], args[1], args[2], args[3])
    default:
      return native(number, ...args)
  }
}

/**
 * The arguments as C takes them: names that are no UTF-8 in a copy, for errors print them as text. Here and below are
 * loops where `map` would do, and few functions: some 240 calls of a `run` come by, and 400 of another process's.
 * @param held what has to be held until the call is over
 */
const encoded = (
  { name, pointers, text }: Declared,
  args: readonly unknown[],
  held: unknown[],
): readonly unknown[] => {
  let copy: unknown[] | undefined
  for (let n = 0; n < pointers.length; n++) {
    const i = pointers[n]!
    const value = args[i]
    if (typeof value === 'string') {
      if (value.includes('\0')) {
        throw new SyscallError(name, EINVAL, `${name}(${JSON.stringify(value)})`)
      }
      if (text[i] === true && isStrange(value)) (copy ??= [...args])[i] = encodeName(value)
    } else if (value instanceof Structure) (copy ??= [...args])[i] = layOut(value, held)
  }
  return copy ?? args
}

/** @returns the result; an errno, negative, when it failed */
const callHere = (known: Declared, args: readonly unknown[]): number => {
  const { native, number } = known
  const held: unknown[] = []
  const given = known.pointers.length === 0 ? args : encoded(known, args, held)
  const result = number === undefined ? native(...given) : syscall(native, number, given)
  return result === -1 ? -ffi.errno() : result
}

const failure = (
  name: string,
  args: readonly unknown[],
  errno: number,
  { print }: Options,
): Error => {
  const printed = args.map((value, i) => printArgument(value, print?.[i]))
  return new SyscallError(name, errno, `${name}(${printed.join(', ')})`)
}

const NONE: readonly number[] = []

/** As another process is to make it. */
const kindOf = ({ name, outputs }: Declared, options: Options): CallKind => {
  const call = systemCalls[name] ?? name
  if (!isSyscall(call)) throw new Error(`${call} cannot be called by another process`)
  return {
    numbers: numbersOf(call),
    outputs,
    expect: options.expect ?? NONE,
    tolerated: options.expect && bitsOf(options.expect),
    failed: (errno, given) => failure(name, given, errno, options),
  }
}

const caller = <A extends readonly unknown[]>(
  declare: () => Declared,
  options: Options,
): ((...args: A) => number) => {
  const { expect = NONE, retry = true, awaited = true } = options
  let known: Declared | undefined
  let kind: CallKind | undefined
  return (...args) => {
    known ??= declare()
    for (;;) {
      const other = elsewhere()
      let result
      if (other === undefined) result = callHere(known, args)
      else {
        kind ??= kindOf(known, options)
        if (awaited) result = other.call(kind, args as unknown as readonly Argument[])
        else {
          other.post(kind, args as unknown as readonly Argument[])
          return 0
        }
      }
      // Below that it stands for a result to come (lib/stub/results.ts).
      if (result >= 0 || result < -MAX_ERRNO) return result
      if (result === -EINTR && retry) continue
      if (expect.includes(-result)) return result
      throw failure(known.name, args, -result, options)
    }
  }
}

const bySignature = new Map<string, Native>()

/** All integers are passed alike, and all memory. */
const plainType = (type: string): string => {
  if (type.includes('char')) return type.includes('**') ? 'const char **' : 'const char *'
  return type.includes('*') ? 'void *' : 'long'
}

/** syscall(2) for these types of arguments; many calls share one, and making one takes 20 µs. */
const syscallOf = (types: readonly string[]): Native => {
  const plain = types.map(plainType)
  const signature = plain.join()
  let native = bySignature.get(signature)
  if (!native) {
    native = libc.func('syscall', 'long', ['long', ...plain]) as unknown as Native
    bySignature.set(signature, native)
  }
  return native
}

const bySyscall = (name: SyscallName, types: readonly string[]): Declared =>
  declared(name, types, syscallOf(types), numberOf(name))

const typesIn = (prototype: string): readonly string[] => {
  const list = prototype.slice(prototype.indexOf('(') + 1, prototype.lastIndexOf(')'))
  return list === '' ? [] : list.split(',')
}

/**
 * A function of libc, by its C prototype: `bind<[fd: number]>('int fsync(int)', …)`. One that is nothing but
 * a system call is made as that.
 */
export const bind = <A extends readonly unknown[]>(
  prototype: string,
  options: Options = {},
): ((...args: A) => number) =>
  caller<A>(() => {
    const name = /(\w+)\s*\(/.exec(prototype)?.[1] ?? prototype
    const types = typesIn(prototype)
    if (isSyscall(name)) return bySyscall(name, types)
    return declared(name, types, libc.func(prototype) as unknown as Native)
  }, options)

/**
 * A system call by number, for what libc (or an older libc) lacks.
 * @param types koffi types of the call's own arguments, without the number
 */
export const bindSyscall = <A extends readonly unknown[]>(
  name: SyscallName,
  types: readonly string[],
  options: Options = {},
): ((...args: A) => number) => caller<A>(() => bySyscall(name, types), options)
