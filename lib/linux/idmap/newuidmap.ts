/**
 * Mappings of ids that are not the user's own, by newuidmap(1) and newgidmap(1). Parent.
 *
 * They have the privilege to write a map, and write what /etc/subuid and /etc/subgid grant the user.
 */
import { Failure } from '../../failure.ts'
import { join } from '../../path.ts'
import type { IdMapping } from '../../spec/types.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../../sys/flags/open.ts'
import { exists } from '../../sys/host.ts'
import { pipe } from '../../sys/pipe.ts'
import { wait } from '../../sys/process.ts'
import { spawn } from '../../sys/spawn.ts'
import { readAll } from '../../sys/text-file.ts'
import { variable } from '../../sys/caller.ts'

/** What is different between users and groups. */
export interface IdKind {
  readonly program: 'newuidmap' | 'newgidmap'
  readonly file: 'uid_map' | 'gid_map'
  readonly grants: '/etc/subuid' | '/etc/subgid'
  readonly option: '--add-subuids' | '--add-subgids'
  readonly pointer: string
}

const find = (program: string): string | undefined =>
  (variable('PATH') ?? '')
    .split(':')
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => join(directory, program))
    .find(exists)

/** @returns how it ended, and what it said */
const run = (path: string, argv: readonly string[]): { status: number; said: string } => {
  const [ours, theirs] = pipe()
  const nothing = openat(AT_FDCWD, '/dev/null', O_RDONLY)
  const files = new Map([nothing, theirs, theirs].entries())
  try {
    const pid = spawn(path, argv, [`PATH=${variable('PATH')}`], files)
    close(theirs)
    const said = readAll(ours).trim()
    return { status: wait(pid)!.status, said }
  } finally {
    close(ours)
    close(nothing)
  }
}

const isOwn = ({ hostID, size }: IdMapping, own: number): boolean => hostID === own && size === 1

const hintFor = (said: string, kind: IdKind, mappings: readonly IdMapping[], own: number) => {
  if (!/not allowed/.test(said)) {
    return `${kind.program} must be setuid root or have its file capability, on a file system without nosuid, and tsrun be run without no_new_privs`
  }
  const ranges = mappings.filter((mapping) => !isOwn(mapping, own))
  const options = ranges.map(({ hostID, size }) => `${kind.option} ${hostID}-${hostID + size - 1}`)
  return `${kind.grants} must grant the user these ids ("usermod ${options.join(' ')} USER" as root), or the config map those that it grants`
}

/** @throws Failure that says what is missing on this host */
export const mapByProgram = (
  pid: number,
  kind: IdKind,
  mappings: readonly IdMapping[],
  own: number,
): void => {
  const { program, pointer } = kind
  const path = find(program)
  if (path === undefined) {
    throw new Failure(`${program} is not installed, and a user may map no id but ${own} alone`, {
      pointer,
      code: 'NO_NEWUIDMAP',
      hint: `install it (Debian and Ubuntu: uidmap; Fedora: shadow-utils; Alpine: shadow-uidmap), or map {"containerID": 0, "hostID": ${own}, "size": 1} alone`,
    })
  }
  const ids = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size])
  const { status, said } = run(path, [program, String(pid), ...ids.map(String)])
  if (status === 0) return
  throw new Failure(said === '' ? `${program}: exit status ${status}` : said, {
    pointer,
    code: 'ID_MAPPING',
    hint: hintFor(said, kind, mappings, own),
  })
}
