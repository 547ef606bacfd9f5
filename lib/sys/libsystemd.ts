/** libsystemd's D-Bus client, opened only for who wants systemd's cgroups. sd-bus(3) and the pages beside it. */
import { Failure } from '../failure.ts'
import { errnoName } from './errno.ts'
import { ffi } from './koffi.ts'
import { errorText } from './strerror.ts'

/** An address. */
export type Handle = number | bigint

/** A type of D-Bus by its letter, as C's `char`. */
type Letter = number

interface Functions {
  readonly openSystem: (out: Handle[]) => number
  readonly openUser: (out: Handle[]) => number
  readonly create: (out: Handle[]) => number
  readonly setAddress: (bus: Handle, address: string) => number
  readonly start: (bus: Handle) => number
  readonly isReady: (bus: Handle) => number
  readonly process: (bus: Handle, message: Handle[]) => number
  readonly wait: (bus: Handle, microseconds: number) => number
  readonly closeUnref: (bus: Handle) => void
  readonly call: (
    bus: Handle,
    message: Handle,
    microseconds: number,
    error: Uint8Array,
    reply: Handle[],
  ) => number
  readonly freeError: (error: Uint8Array) => void
  readonly newCall: (
    bus: Handle,
    out: Handle[],
    destination: string,
    path: string,
    interfaceName: string,
    member: string,
  ) => number
  readonly isSignal: (message: Handle, interfaceName: string, member: string) => number
  readonly unref: (message: Handle) => void
  readonly append: (message: Handle, type: Letter, value: Uint8Array) => number
  readonly appendArray: (message: Handle, type: Letter, data: Uint8Array, size: number) => number
  readonly open: (message: Handle, type: Letter, contents: string) => number
  readonly close: (message: Handle) => number
  readonly enter: (message: Handle, type: Letter, contents: string) => number
  readonly readNumber: (message: Handle, type: Letter, out: Uint8Array) => number
  readonly readText: (message: Handle, type: Letter, out: (string | null)[]) => number
}

const load = (): Functions => {
  let library
  try {
    library = ffi.load('libsystemd.so.0')
  } catch (cause) {
    throw new Failure('open libsystemd.so.0', {
      cause,
      code: 'NO_LIBSYSTEMD',
      hint: 'it talks to systemd; without systemd leave out --systemd-cgroup',
    })
  }
  const get = <T>(prototype: string): T => library.func(prototype) as unknown as T
  return {
    openSystem: get('int sd_bus_open_system(_Out_ uint64_t *)'),
    openUser: get('int sd_bus_open_user(_Out_ uint64_t *)'),
    create: get('int sd_bus_new(_Out_ uint64_t *)'),
    setAddress: get('int sd_bus_set_address(uint64_t, const char *)'),
    start: get('int sd_bus_start(uint64_t)'),
    isReady: get('int sd_bus_is_ready(uint64_t)'),
    process: get('int sd_bus_process(uint64_t, _Out_ uint64_t *)'),
    wait: get('int sd_bus_wait(uint64_t, uint64_t)'),
    closeUnref: get('void *sd_bus_close_unref(uint64_t)'),
    call: get('int sd_bus_call(uint64_t, uint64_t, uint64_t, void *, _Out_ uint64_t *)'),
    freeError: get('void sd_bus_error_free(void *)'),
    newCall: get(
      'int sd_bus_message_new_method_call(uint64_t, _Out_ uint64_t *, const char *, const char *, const char *, const char *)',
    ),
    isSignal: get('int sd_bus_message_is_signal(uint64_t, const char *, const char *)'),
    unref: get('void *sd_bus_message_unref(uint64_t)'),
    append: get('int sd_bus_message_append_basic(uint64_t, int8_t, const void *)'),
    appendArray: get('int sd_bus_message_append_array(uint64_t, int8_t, const void *, size_t)'),
    open: get('int sd_bus_message_open_container(uint64_t, int8_t, const char *)'),
    close: get('int sd_bus_message_close_container(uint64_t)'),
    enter: get('int sd_bus_message_enter_container(uint64_t, int8_t, const char *)'),
    readNumber: get('int sd_bus_message_read_basic(uint64_t, int8_t, void *)'),
    readText: get('int sd_bus_message_read_basic(uint64_t, int8_t, _Out_ const char **)'),
  }
}

let functions: Functions | undefined
/** @throws Failure when the host has none */
export const libsystemd = (): Functions => (functions ??= load())

export const hasLibsystemd = (): boolean => {
  try {
    libsystemd()
    return true
  } catch {
    return false
  }
}

/** What a peer on the bus or the library answered. */
export class BusError extends Error {
  override readonly name = 'BusError'
  /** `org.freedesktop.systemd1.NoSuchUnit`, or the name of an errno. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The library's functions return a negative errno. @throws BusError */
export const checkBus = (name: string, result: number): number => {
  if (result >= 0) return result
  const code = errnoName(-result)
  throw new BusError(code, `${name}(3) ${code}: ${errorText(-result)}`)
}

/** `struct sd_bus_error`, sd_bus_error(3): two texts and a number. */
export const ERROR_SIZE = 24

/** @returns nothing for an error that is not set */
export const decodeError = (error: Uint8Array): BusError | undefined => {
  const text = (offset: number): string | null =>
    ffi.decode(error, offset, 'const char *') as string | null
  const name = text(0)
  return name === null ? undefined : new BusError(name, `${name}: ${text(8) ?? 'no reason given'}`)
}
