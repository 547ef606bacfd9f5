/** The process that `exec` starts: the container's own, with what the options change. Pure but for reading. */
import { Failure, doing } from '../../failure.ts'
import { parseProcess } from '../../spec/load.ts'
import { readDocument } from '../../spec/read-document.ts'
import type { Capabilities, Config, Process, User } from '../../spec/types.ts'
import type { ExecRequest } from './request.ts'

const MAX_ID = 0xffff_fffe

/** Nothing but digits: `1x`, ` 1`, `-1`, `0x0` and an empty string were root in some runtime's eyes. */
const parseId = (text: string, what: string): number => {
  if (/^\d{1,10}$/.test(text) && Number(text) <= MAX_ID) return Number(text)
  throw new Failure(`parsing ${JSON.stringify(text)} as ${what} failed`, {
    code: 'INVALID_USER',
    hint: 'give numbers: --user UID or UID:GID; names are not looked up',
  })
}

/** @throws Failure for what is not UID or UID:GID */
export const parseUser = (text: string): Pick<User, 'uid' | 'gid'> => {
  const [uid = '', gid, ...more] = text.split(':')
  if (more.length > 0) throw new Failure(`invalid user ${JSON.stringify(text)}`)
  return {
    uid: parseId(uid, 'uid'),
    ...(gid !== undefined && { gid: parseId(gid, 'gid') }),
  }
}

const capName = (name: string): string => {
  const upper = name.toUpperCase()
  return upper.startsWith('CAP_') ? upper : `CAP_${upper}`
}

/**
 * Not inheritable: a program that is no root must not come by them (CVE-2022-29162). Ambient where the config
 * has inheritable ones, as with runc: without being inheritable, too, nothing becomes ambient.
 */
const addCapabilities = (sets: Capabilities = {}, names: readonly string[]): Capabilities => {
  const more = names.map(capName) as NonNullable<Capabilities['bounding']>
  return {
    ...sets,
    bounding: [...(sets.bounding ?? []), ...more],
    effective: [...(sets.effective ?? []), ...more],
    permitted: [...(sets.permitted ?? []), ...more],
    ...(sets.inheritable && { ambient: [...(sets.ambient ?? []), ...more] }),
  }
}

const userOf = (user: User = {}, request: ExecRequest): User => {
  const gids = request.additionalGids.map((gid) => parseId(gid, 'additional gid'))
  return {
    ...user,
    ...(request.user !== undefined && parseUser(request.user)),
    ...(gids.length > 0 && {
      additionalGids: [...new Set([...(user.additionalGids ?? []), ...gids])],
    }),
  }
}

/** @throws Failure for what is no variable */
const variable = (entry: string): string => {
  if (entry.indexOf('=') > 0) return entry
  throw new Failure(`invalid environment variable ${JSON.stringify(entry)}`, {
    code: 'INVALID_VARIABLE',
    hint: 'give --env NAME=value',
  })
}

const readProcess = (file: string): Process =>
  parseProcess(
    doing(`read ${file}`, () => readDocument(file, file)),
    file,
  )

/** What confines the container confines what says nothing of it: runc and crun take these of the container's process. */
const confinedAs = (own: Process, process: Process): Process => {
  const capabilities = process.capabilities ?? own.capabilities
  const apparmorProfile = process.apparmorProfile || own.apparmorProfile
  const selinuxLabel = process.selinuxLabel || own.selinuxLabel
  const oomScoreAdj = process.oomScoreAdj ?? own.oomScoreAdj
  return {
    ...process,
    ...(capabilities && { capabilities }),
    ...(apparmorProfile && { apparmorProfile }),
    ...(selinuxLabel && { selinuxLabel }),
    ...(oomScoreAdj !== undefined && { oomScoreAdj }),
  }
}

/** @throws Failure when there is nothing to start */
export const processFor = ({ process }: Config, request: ExecRequest): Process => {
  const { consoleSize: _, ...own } = process ?? { cwd: '/' }
  if (request.process !== undefined) return confinedAs(own, readProcess(request.process))
  if (request.args.length === 0) {
    throw new Failure('process args cannot be empty', {
      hint: 'name a program after the container id, or a file with --process',
    })
  }
  return {
    ...own,
    args: [...request.args],
    env: [...(own.env ?? []), ...request.env.map(variable)],
    terminal: request.tty,
    user: userOf(own.user, request),
    ...(request.cwd !== undefined && { cwd: request.cwd }),
    ...(request.apparmor !== undefined && { apparmorProfile: request.apparmor }),
    ...(request.processLabel !== undefined && { selinuxLabel: request.processLabel }),
    ...(request.noNewPrivileges && { noNewPrivileges: true }),
    ...(request.caps.length > 0 && {
      capabilities: addCapabilities(own.capabilities, request.caps),
    }),
  }
}
