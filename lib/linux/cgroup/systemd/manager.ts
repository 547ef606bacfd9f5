/**
 * systemd, asked over D-Bus. Parent. org.freedesktop.systemd1(5).
 *
 * Everything has a deadline: a systemd that hangs (it reloads, or waits for a file server) must not keep
 * an engine waiting without a word.
 */
import { Failure, doing } from '../../../failure.ts'
import { openBus, openPeer, type Bus } from '../../../sys/bus.ts'
import type { BusValue } from '../../../sys/bus-message.ts'
import { hasCode } from '../../../sys/error.ts'
import type { Property } from './property.ts'

/** For an answer, and for the handshake, ms. */
const ANSWER = 25_000
/** For a job, ms: systemd itself gives processes 90 s to stop. */
const JOB = 100_000

const DESTINATION = 'org.freedesktop.systemd1'
const MANAGER = 'org.freedesktop.systemd1.Manager'
const PATH = '/org/freedesktop/systemd1'

/** Where the system's systemd listens without a bus daemon, for root alone. */
const PRIVATE = '/run/systemd/private'

/** Whose systemd: the user's own, or the system's. */
export interface Whose {
  readonly user: boolean
}

const open: { system?: Bus; user?: Bus } = {}

/** Whoever stays connected and does not listen fills the bus's queues. */
export const hangUp = (): void => {
  open.system?.close()
  open.user?.close()
  delete open.system
  delete open.user
}

const connection = ({ user }: Whose): Bus => {
  const kind = user ? 'user' : 'system'
  return (open[kind] ??= doing(`connect to systemd`, () => connect(kind), {
    code: 'NO_SYSTEMD',
    hint: user
      ? 'a user has a systemd while a session is open: log in, or "loginctl enable-linger"; XDG_RUNTIME_DIR or DBUS_SESSION_BUS_ADDRESS tells where it listens'
      : 'is it running here? without systemd leave out --systemd-cgroup',
  }))
}

const connect = (kind: 'system' | 'user'): Bus => {
  try {
    return listening(openBus(kind, ANSWER))
  } catch (error) {
    if (kind === 'user' || !hasCode(error, 'ENOENT', 'ECONNREFUSED', 'TIMEOUT')) throw error
    try {
      return openPeer(PRIVATE, ANSWER)
    } catch {
      throw error
    }
  }
}

/** A bus passes on what somebody asked for. */
const listening = (bus: Bus): Bus => {
  bus.call(
    {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      args: [
        `type='signal',sender='${DESTINATION}',path='${PATH}',interface='${MANAGER}',member='JobRemoved'`,
      ],
    },
    ANSWER,
  )
  return bus
}

const ask = (
  whose: Whose,
  member: string,
  signature: string,
  args: readonly BusValue[],
  returns?: string,
): readonly (string | number)[] =>
  connection(whose).call(
    {
      destination: DESTINATION,
      path: PATH,
      interface: MANAGER,
      member,
      signature,
      args,
      ...(returns === undefined ? {} : { returns }),
    },
    ANSWER,
  )

const managerProperty = (whose: Whose, name: string): string => {
  const [value = ''] = connection(whose).call(
    {
      destination: DESTINATION,
      path: PATH,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      args: [MANAGER, name],
      returns: 'vs',
    },
    ANSWER,
  )
  return String(value)
}

/** The cgroup that all units of this systemd are in: `/`, or `/user.slice/…/user@1000.service`. */
export const managerCgroup = (whose: Whose): string => managerProperty(whose, 'ControlGroup') || '/'

/** `252.39-1~deb12u2` → 252 */
const version = (whose: Whose): number =>
  Number(/\d+/.exec(managerProperty(whose, 'Version'))?.[0] ?? 0)

/** Without those that this systemd is too old for: the kernel gets those limits all the same. */
const known = (properties: readonly Property[], whose: Whose): readonly BusValue[] => {
  const newest = Math.max(0, ...properties.map(({ since = 0 }) => since))
  const has = newest > 0 ? version(whose) : 0
  return properties
    .filter(({ since = 0 }) => since <= has)
    .map(({ name, signature, value }) => [name, { signature, value }])
}

/** @param job its path, as the call that queued it returned it */
const awaitJob = (whose: Whose, job: string, what: string): void => {
  const result = connection(whose).awaitSignal(
    {
      interface: MANAGER,
      member: 'JobRemoved',
      types: 'uoss',
      accept: ([, path, , result]) => (path === job ? String(result) : undefined),
    },
    JOB,
  )
  if (result === 'done') return
  if (result === undefined) {
    throw new Failure(`systemd did not ${what} within ${JOB / 1000} s`, {
      code: 'TIMEOUT',
      hint: 'see what it is busy with: systemctl list-jobs',
    })
  }
  throw new Failure(`systemd could not ${what}: ${result}`, { code: 'SYSTEMD_JOB' })
}

export const UNIT_EXISTS = 'org.freedesktop.systemd1.UnitExists'

/** Makes a unit and waits until it is there. */
export const startUnit = (whose: Whose, unit: string, properties: readonly Property[]): void => {
  const values = known(properties, whose)
  const start = (): string =>
    String(ask(whose, 'StartTransientUnit', 'ssa(sv)a(sa(sv))', [unit, 'fail', values, []], 'o')[0])
  let job
  try {
    job = start()
  } catch (error) {
    if (!hasCode(error, UNIT_EXISTS)) throw error
    // One that has failed stays known until somebody says that it may be forgotten.
    resetFailed(whose, unit)
    job = start()
  }
  awaitJob(whose, job, `start ${unit}`)
}

/**
 * Has processes of the caller's moved; a user's systemd asks the system's for what it may not do itself. 238.
 * @param below a cgroup in the unit's, absolute, or nothing for the unit's own
 */
export const attachProcesses = (
  whose: Whose,
  unit: string,
  below: string,
  pids: readonly number[],
): void => void ask(whose, 'AttachProcessesToUnit', 'ssau', [unit, below, pids])

/** @returns whether there was such a unit */
export const stopUnit = (whose: Whose, unit: string): boolean => {
  try {
    const [job] = ask(whose, 'StopUnit', 'ss', [unit, 'replace'], 'o')
    awaitJob(whose, String(job), `stop ${unit}`)
    return true
  } catch (error) {
    if (hasCode(error, NO_SUCH_UNIT)) return false
    throw error
  }
}

const NO_SUCH_UNIT = 'org.freedesktop.systemd1.NoSuchUnit'

export const resetFailed = (whose: Whose, unit: string): void => {
  try {
    ask(whose, 'ResetFailedUnit', 's', [unit])
  } catch (error) {
    if (!hasCode(error, NO_SUCH_UNIT)) throw error
  }
}

/** Until the unit ends: nothing is written to /etc or /run. */
export const setProperties = (
  whose: Whose,
  unit: string,
  properties: readonly Property[],
): void => {
  if (properties.length === 0) return
  ask(whose, 'SetUnitProperties', 'sba(sv)', [unit, true, known(properties, whose)])
}
