/** Containers in the guest: bundles of its own busybox, and what the kernel says of their cgroups. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config, IdMapping, Linux } from '../../lib/spec/types.ts'

const CGROUPS = '/sys/fs/cgroup'
const PLACE = '/var/tmp/tsrun-vm'
const ROOTFS = join(PLACE, 'rootfs')
export const TSRUN = join(dirname(process.execPath), 'tsrun')

export const makeRootfs = (): void => {
  for (const name of ['bin', 'proc', 'dev', 'sys/fs/cgroup']) {
    mkdirSync(join(ROOTFS, name), { recursive: true })
  }
  cpSync('/bin/busybox', join(ROOTFS, 'bin/busybox'))
  for (const name of ['sh', 'sleep', 'cat', 'dd', 'mkdir', 'ls', 'true', 'usleep', 'id']) {
    symlinkSync('busybox', join(ROOTFS, 'bin', name))
  }
}

export interface Wanted {
  readonly args?: readonly string[]
  readonly linux?: Linux
  readonly annotations?: Readonly<Record<string, string>>
  /** A user's container: ids mapped to that user. */
  readonly user?: number
  /** The user's subordinate ids, mapped behind it. */
  readonly subordinate?: { readonly first: number; readonly size: number }
  /** Of AppArmor. */
  readonly profile?: string
  readonly additionalGids?: readonly number[]
  readonly uid?: number
  readonly cgroupNamespace?: boolean
}

const mappingsOf = (user: number, subordinate: Wanted['subordinate']): IdMapping[] => [
  { containerID: 0, hostID: user, size: 1 },
  ...(subordinate ? [{ containerID: 1, hostID: subordinate.first, size: subordinate.size }] : []),
]

const configFor = ({ args, linux = {}, annotations, user, uid = 0, ...rest }: Wanted): Config => ({
  ociVersion: '1.0.2',
  process: {
    args: [...(args ?? ['sleep', '1000'])],
    cwd: '/',
    env: ['PATH=/bin'],
    user: {
      uid,
      gid: 0,
      ...(rest.additionalGids && { additionalGids: [...rest.additionalGids] }),
    },
    ...(rest.profile !== undefined && { apparmorProfile: rest.profile }),
  },
  root: { path: ROOTFS, readonly: true },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
    ...(rest.cgroupNamespace
      ? [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['rw'] }]
      : []),
  ],
  ...(annotations && { annotations }),
  linux: {
    namespaces: [
      { type: 'pid' },
      { type: 'mount' },
      { type: 'ipc' },
      ...(rest.cgroupNamespace ? [{ type: 'cgroup' } as const] : []),
      ...(user === undefined ? [] : [{ type: 'user' } as const]),
    ],
    ...(user !== undefined && {
      uidMappings: mappingsOf(user, rest.subordinate),
      gidMappings: mappingsOf(user, rest.subordinate),
    }),
    ...linux,
  },
})

let bundles = 0

/** @returns the bundle's directory */
export const bundle = (wanted: Wanted): string => {
  const directory = join(PLACE, `bundle-${bundles++}`)
  mkdirSync(directory)
  writeFileSync(join(directory, 'config.json'), JSON.stringify(configFor(wanted)))
  return directory
}

export interface Ran {
  readonly status: number
  readonly output: string
}

/** Not in /tmp: a container's user is given its output, and there nobody else may open it to write any more. */
const OUTPUT = '/run/tsrun-vm-output'

/** Both streams go to a file: what a container left behind keeps no pipe of ours open. */
export const command = (program: string, ...args: readonly string[]): Ran => {
  const script = `"$0" "$@" >${OUTPUT} 2>&1 </dev/null`
  const { status, signal } = spawnSync('/bin/sh', ['-c', script, program, ...args], {
    stdio: 'ignore',
    timeout: 60_000,
  })
  const output = readFileSync(OUTPUT, 'utf8')
  return { status: status ?? -1, output: signal ? `${output}\n(${signal})` : output }
}

export const tsrun = (...args: readonly string[]): Ran =>
  command(TSRUN, '--root', '/run/tsrun-vm', ...args)

export const systemd = (...args: readonly string[]): Ran => tsrun('--systemd-cgroup', ...args)

/** As an unprivileged user in a session of its own. */
export const asTester = (...args: readonly string[]): Ran =>
  command('as-tester', TSRUN, '--root', '/run/user/1000/tsrun-vm', ...args)

/** @throws Error what the command printed */
export const must = ({ status, output }: Ran): string => {
  if (status !== 0) throw new Error(`exit status ${status}: ${output}`)
  return output
}

/** A cgroup's files that say how it is configured. */
export const filesOf = (path: string): Readonly<Record<string, string>> => {
  const changing = /stat|events|current|peak|pressure|procs|threads|\.kill|reclaim|effective/
  return Object.fromEntries(
    readdirSync(join(CGROUPS, path), { withFileTypes: true })
      .filter((entry) => entry.isFile() && !changing.test(entry.name))
      .map(({ name }) => [name, control(path, name)]),
  )
}

export const control = (path: string, file: string): string =>
  readFileSync(join(CGROUPS, path, file), 'utf8').trim()

/** Cgroups whose last name fits, as paths. */
export const cgroupsLike = (name: RegExp, below = ''): readonly string[] =>
  readdirSync(join(CGROUPS, below), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const path = `${below}/${entry.name}`
      return [...(name.test(entry.name) ? [path] : []), ...cgroupsLike(name, path)]
    })

/** `systemctl show`, by property. */
export const show = (
  unit: string,
  properties: readonly string[],
): Readonly<Record<string, string>> => {
  const { output } = command('systemctl', 'show', unit, '-p', properties.join(','))
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.indexOf('=')
        return [line.slice(0, at), line.slice(at + 1)]
      }),
  )
}
