/** Annotations that mean something: names that crun's users know. Pure. docs/annotations.md */
import type { Config } from './types.ts'

/** What each is for, and what a value has to be. */
export const annotationTable = {
  'run.oci.hooks.stdout': 'path',
  'run.oci.hooks.stderr': 'path',
  'run.oci.keep_original_groups': 'switch',
  'run.oci.mount_context_type': 'context',
  'run.oci.pidfd_receiver': 'path',
  'run.oci.seccomp.receiver': 'path',
  'run.oci.seccomp_bpf_data': 'filter',
  'run.oci.seccomp_fail_unknown_syscall': 'switch',
  /** What would make something else than a container of the config must not be passed over. */
  'run.oci.handler': 'refused',
  'run.oci.seccomp.plugins': 'refused',
} as const

export type AnnotationName = keyof typeof annotationTable

/** Undefined where it is not there, or empty. */
export const annotationOf = ({ annotations }: Config, name: AnnotationName): string | undefined =>
  annotations?.[name] || undefined

export const isSwitchedOn = (config: Config, name: AnnotationName): boolean =>
  annotationOf(config, name) === '1'

/** How a mount takes SELinux' label: the options of mount(8). */
export const contextTypes = ['context', 'fscontext', 'defcontext', 'rootcontext'] as const
export type ContextType = (typeof contextTypes)[number]

/** The value is one of them, or it was refused. */
export const contextTypeOf = (config: Config): ContextType =>
  (annotationOf(config, 'run.oci.mount_context_type') ?? 'context') as ContextType

/** Instructions are eight bytes each, and the kernel takes 4096 of them. */
const MAX_FILTER = 4096 * 8

/** `struct sock_filter`s in base64; undefined for what is none. */
export const parseFilter = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === text.trim().replace(/=+$/, '')
  return isWhole && bytes.length > 0 && bytes.length % 8 === 0 && bytes.length <= MAX_FILTER
    ? bytes
    : undefined
}

/** The config with what annotations said before the specification had a property for it. */
export const withAnnotations = (config: Config): Config => {
  const receiver = annotationOf(config, 'run.oci.seccomp.receiver')
  if (receiver === undefined) return config
  const seccomp = config.linux?.seccomp
  if (!seccomp || seccomp.listenerPath !== undefined) return config
  return {
    ...config,
    linux: { ...config.linux, seccomp: { ...seccomp, listenerPath: receiver } },
  }
}
