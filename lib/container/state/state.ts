/**
 * A container between commands: `<root>/<id>/`.
 *
 *     state.json     what later commands have to know
 *     config.json    the bundle's, as it was at `create`: later edits must not matter
 *     creating.sock  the stub's socket until everything is set up; a rename turns it into
 *     start.sock     which `start` connects to and removes
 *     notify/        what the container sees as /run/notify, where tsrun's caller set NOTIFY_SOCKET
 */
import { join } from '../../path.ts'
import { doing, Failure } from '../../failure.ts'
import { isFrozen } from '../../linux/cgroup/freeze.ts'
import type { SavedCgroup } from '../../linux/cgroup/places.ts'
import type { HostMounts } from '../../linux/rootfs/host-mounts.ts'
import type { SavedRdt } from '../../linux/intel-rdt/plan.ts'
import { hasCode } from '../../sys/error.ts'
import { close, openat } from '../../sys/file.ts'
import {
  exists,
  listDirectory,
  makeDirectories,
  makeDirectory,
  rename,
  replace,
} from '../../sys/host.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH, O_TRUNC } from '../../sys/flags/open.ts'
import type { StubCall } from '../../stub/table.ts'
import { checkId } from '../id.ts'
import type { ContainerRequest, Place } from '../request.ts'
import { isAlive, type ProcessId } from '../process.ts'

/** A call of the stub's, without its arguments. */
export type DescribedCall = Pick<StubCall, 'call' | 'doing' | 'pointer'>

export interface ContainerState {
  readonly ociVersion: string
  readonly id: string
  readonly bundle: string
  readonly rootfs: string
  readonly init: ProcessId
  /** RFC 3339. */
  readonly created: string
  /** uid of who created it. */
  readonly owner: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly cgroup?: SavedCgroup
  readonly rdt?: SavedRdt
  /** Of a container without a mount namespace. */
  readonly hostMounts?: HostMounts
  /** `--no-new-keyring`: `exec` makes none either. */
  readonly noNewKeyring?: true
  /** How to tell failures of the stub after `start`: by index, what was attempted. */
  readonly calls: readonly DescribedCall[]
  /** The program, for messages. */
  readonly program: string
}

export type Status = 'creating' | 'created' | 'running' | 'paused' | 'stopped'

export const directoryOf = ({ root, id }: ContainerRequest): string => join(root, id)

const noSuchContainer = (id: string): Failure =>
  new Failure('container does not exist', {
    code: 'NO_CONTAINER',
    hint: `there is no container ${JSON.stringify(id)} under this --root`,
  })

/** Reserves the id: mkdir(2) lets exactly one of several succeed. @throws Failure when it is taken */
export const reserve = (request: ContainerRequest): string => {
  checkId(request.id)
  const directory = directoryOf(request)
  doing(`create directory ${request.root}`, () => makeDirectories(request.root, 0o700))
  try {
    makeDirectory(directory, 0o711)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw new Failure(`create directory ${directory}`, { cause: error })
    }
    throw new Failure('container with given ID already exists', {
      code: 'CONTAINER_EXISTS',
      hint: `choose another id, or delete ${JSON.stringify(request.id)} first`,
    })
  }
  return directory
}

const write = (file: string, text: string): void =>
  doing(`write ${file}`, () => writeTextFile(file, text, O_TRUNC, 0o600))

/** Replaces state.json in one step: a reader sees the old or the new one. */
export const writeState = (directory: string, state: ContainerState): void => {
  const temporary = join(directory, '.state.json')
  write(temporary, JSON.stringify(state))
  replace(temporary, join(directory, 'state.json'))
}

/** @param text of the bundle's config.json as it was read */
export const saveConfig = (text: string, directory: string): void =>
  write(join(directory, 'config.json'), text)

const isState = (value: unknown): value is ContainerState => {
  const { id, init } = (value ?? {}) as Partial<ContainerState>
  return typeof id === 'string' && typeof init?.pid === 'number'
}

const parseState = (text: string, file: string): ContainerState => {
  try {
    const value: unknown = JSON.parse(text)
    if (isState(value)) return value
    throw new Failure('it is not what tsrun writes')
  } catch (cause) {
    throw new Failure(`the state of the container is damaged: ${file}`, {
      cause,
      code: 'STATE_DAMAGED',
      hint: 'end its processes, remove its cgroups and then that directory by hand',
    })
  }
}

/** @throws Failure `container does not exist` */
export const readState = (request: ContainerRequest): ContainerState => {
  checkId(request.id)
  const file = join(directoryOf(request), 'state.json')
  let text
  try {
    text = readTextFile(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error
    throw noSuchContainer(request.id)
  }
  return parseState(text, file)
}

export const CREATING_SOCKET = 'creating.sock'
export const START_SOCKET = 'start.sock'
export const NOTIFY_DIRECTORY = 'notify'
/** In it. */
export const NOTIFY_SOCKET = 'notify.sock'

/** The container is complete: `start` may come. */
export const markCreated = (directory: string): void =>
  rename(join(directory, CREATING_SOCKET), join(directory, START_SOCKET))

/** A socket's path may have 107 bytes, unix(7); through a descriptor of its directory it always fits. */
export const withShortPath = <T>(directory: string, name: string, use: (path: string) => T): T => {
  const handle = openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY)
  try {
    return use(`/proc/self/fd/${handle}/${name}`)
  } finally {
    close(handle)
  }
}

export const statusOf = (directory: string, state: ContainerState): Status => {
  if (!isAlive(state.init)) return 'stopped'
  if (state.cgroup && isFrozen(state.cgroup)) return 'paused'
  if (exists(join(directory, CREATING_SOCKET))) return 'creating'
  return exists(join(directory, START_SOCKET)) ? 'created' : 'running'
}

export const listIds = ({ root }: Place): readonly string[] => {
  try {
    return listDirectory(root)
      .filter((name) => exists(join(root, name, 'state.json')))
      .toSorted()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
