/** libseccomp, opened only for a config that has a filter. seccomp_init(3) and the pages beside it. */
import { Failure } from '../failure.ts'
import { SyscallError } from './error.ts'
import { ffi } from './koffi.ts'

type Context = bigint

interface Functions {
  readonly init: (action: number) => Context | null
  readonly release: (context: Context) => void
  readonly archResolveName: (name: string) => number
  readonly archNative: () => number
  readonly archAdd: (context: Context, arch: number) => number
  readonly resolveName: (name: string) => number
  readonly resolveNameArch: (arch: number, name: string) => number
  readonly ruleAdd: (
    context: Context,
    action: number,
    syscall: number,
    count: number,
    comparisons: Uint8Array,
  ) => number
  readonly attrSet: (context: Context, attribute: number, value: number) => number
  readonly exportBpf: (context: Context, file: number) => number
}

const load = (): ReturnType<typeof ffi.load> => {
  try {
    return ffi.load('libseccomp.so.2')
  } catch (cause) {
    throw new Failure('open libseccomp.so.2', {
      cause,
      code: 'NO_LIBSECCOMP',
      pointer: '/linux/seccomp',
      hint: 'it compiles system call filters; on Debian it is in the package libseccomp2',
    })
  }
}

let library: ReturnType<typeof load> | undefined
const opened = (): ReturnType<typeof load> => (library ??= load())

/** Of the library that is open: where the snapshot has that, this goes with it. */
let version: string | undefined
/** `2.5.4`. Alone, because a filter that is kept needs nothing else. @throws Failure when the host has none */
export const libseccompVersion = (): string => {
  if (version !== undefined) return version
  const ask = opened().func('void *seccomp_version()') as unknown as () => never
  version = (ffi.decode(ask(), 'uint', 3) as Iterable<number> as number[]).join('.')
  return version
}

const declare = (): Functions => {
  const get = <T>(prototype: string): T => opened().func(prototype) as unknown as T
  return {
    init: get('uint64_t seccomp_init(uint32_t)'),
    release: get('void seccomp_release(uint64_t)'),
    archResolveName: get('uint32_t seccomp_arch_resolve_name(const char *)'),
    archNative: get('uint32_t seccomp_arch_native()'),
    archAdd: get('int seccomp_arch_add(uint64_t, uint32_t)'),
    resolveName: get('int seccomp_syscall_resolve_name(const char *)'),
    resolveNameArch: get('int seccomp_syscall_resolve_name_arch(uint32_t, const char *)'),
    ruleAdd: get('int seccomp_rule_add_array(uint64_t, uint32_t, int, uint, const void *)'),
    attrSet: get('int seccomp_attr_set(uint64_t, int, uint32_t)'),
    exportBpf: get('int seccomp_export_bpf(uint64_t, int)'),
  }
}

let functions: Functions | undefined
/** @throws Failure when the host has none */
export const libseccomp = (): Functions => (functions ??= declare())

/** libseccomp's functions return a negative errno. @throws SyscallError */
export const check = (name: string, result: number, args: string): void => {
  if (result < 0) throw new SyscallError(name, -result, `${name}(${args})`)
}
