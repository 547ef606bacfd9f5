/**
 * PARENT. `start`: lets the stub become the program, and says so if it could not.
 *
 * The connection to the stub's socket is what releases it. On the stub's side it is close-on-exec: a
 * successful execve ends it without a word, a failed one sends a record first.
 */
import { join } from '../path.ts'
import { Failure } from '../failure.ts'
import { RECORD_SIZE, parseRecords, type StubRecord } from '../stub/table.ts'
import { whyStuck } from '../stub/patience.ts'
import { READY, sendGo } from '../sync/channel.ts'
import { NOTICE, waitLong } from '../sync/long-wait.ts'
import { hasCode } from '../sys/error.ts'
import { EAGAIN } from '../sys/errno.ts'
import { close, readAnswer } from '../sys/file.ts'
import { unlessGone, unlink } from '../sys/host.ts'
import { connectForPackets, setReceiveTimeout } from '../sys/socket.ts'
import { execFailure } from './execve-failure.ts'
import { runHooks, savedConfig } from './hooks/hooks.ts'
import { endAndRemove } from './delete.ts'
import { lock } from './state/lock.ts'
import { refuseKilled, refuseOom } from './oom.ts'
import { listenerHandOver } from './seccomp-listener.ts'
import { watchReadiness } from './notify-socket.ts'
import type { ContainerRequest } from './request.ts'
import {
  START_SOCKET,
  directoryOf,
  readState,
  statusOf,
  withShortPath,
  type ContainerState,
} from './state/state.ts'
import { variable } from '../sys/caller.ts'

/** Until the stub's side is closed: by its execve or by its death. */
const readRecords = (
  connection: number,
  pid: number,
  onWait?: () => void,
): readonly StubRecord[] => {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.alloc(RECORD_SIZE * 64)
    const size = readAnswer(connection, chunk, chunk.length)
    if (size === -EAGAIN) {
      waitLong(connection, { what: 'the program to start', hint: whyStuck(pid) })
      continue
    }
    if (size === 0) return parseRecords(Buffer.concat(chunks))
    if (size === READY.length) {
      onWait?.()
      sendGo(connection)
      continue
    }
    chunks.push(chunk.subarray(0, size))
  }
}

const connect = (directory: string): number => {
  try {
    return withShortPath(directory, START_SOCKET, connectForPackets)
  } catch (error) {
    // Nobody listens: the stub has gone on, or died, since we looked.
    if (!hasCode(error, 'ECONNREFUSED', 'ENOENT')) throw error
    throw new Failure('cannot start an already running container', { code: 'NOT_CREATED' })
  }
}

/**
 * Waits until the stub has become the program.
 * @param line on which the stub reports
 * @param state with the pid of the stub
 * @param onWait what to do before the stub goes on from its last stop
 * @throws Failure with exit status 126 or 127 for a failed execve
 */
export const awaitProgram = (
  line: number,
  state: Pick<ContainerState, 'calls' | 'program'> & { readonly init: { readonly pid: number } },
  onWait?: () => void,
): void => {
  let records
  try {
    records = readRecords(line, state.init.pid, onWait)
  } finally {
    close(line)
  }
  const failure = execFailure(records, state)
  if (failure) throw failure
}

const isHookFailure = (error: unknown): boolean =>
  error instanceof Failure && (error.pointer?.startsWith('/hooks/') ?? false)

/**
 * Starts a container whose lock is held.
 * @param root `--root`
 */
const release = (root: string, directory: string, state: ContainerState): void => {
  const config = savedConfig(directory)
  try {
    if (config) runHooks('startContainer', config, state, 'created', root)
    const connection = connect(directory)
    setReceiveTimeout(connection, NOTICE)
    unlessGone(() => unlink(join(directory, START_SOCKET)))
    awaitProgram(connection, state, config && listenerHandOver(config, state))
    refuseKilled(state)
    if (config) runHooks('poststart', config, state, 'running')
  } catch (error) {
    // The spec wants a container with a failed hook destroyed, and a failed execve told while it is there.
    if (isHookFailure(error)) endAndRemove(directory, state)
    throw error
  }
}

const refusals: Readonly<Record<string, string>> = {
  creating: 'cannot start a container that is still being created',
  running: 'cannot start an already running container',
  paused: 'cannot start a paused container',
  stopped: 'cannot start a container that has stopped',
}

export const start = (request: ContainerRequest): void => {
  const directory = directoryOf(request)
  readState(request)
  const unlock = lock(directory)
  let readiness
  try {
    const state = readState(request)
    const status = statusOf(directory, state)
    if (status !== 'created') {
      if (status === 'stopped') refuseOom(state)
      throw new Failure(refusals[status]!, {
        code: 'NOT_CREATED',
        hint: `${state.id} is ${status}; only a created container can be started`,
      })
    }
    if (state.program === '') {
      throw new Failure('cannot start a container without a process', {
        code: 'NO_PROCESS',
        pointer: '/process',
        hint: 'config.json has no process.args',
      })
    }
    readiness = watchReadiness(variable, directory, state.init.pid)
    release(request.root, directory, state)
  } finally {
    unlock()
  }
  // Without the lock: a program that never becomes ready must not keep anybody from deleting it.
  readiness?.wait()
}
