/** Resource limits by number. Pure. getrlimit(2) */
import type { Rlimit } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'
import { RLIMIT_NOFILE } from '../../sys/flags/process.ts'

const numbers: Readonly<Record<Rlimit['type'], number>> = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  RLIMIT_RSS: 5,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE,
  RLIMIT_MEMLOCK: 8,
  RLIMIT_AS: 9,
  RLIMIT_LOCKS: 10,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
  RLIMIT_NICE: 13,
  RLIMIT_RTPRIO: 14,
  RLIMIT_RTTIME: 15,
}

export interface RlimitPlan {
  readonly type: Rlimit['type']
  readonly resource: number
  readonly soft: number | bigint
  readonly hard: number | bigint
  readonly pointer?: string
}

export interface NofileLimit {
  readonly soft: number | bigint
  readonly hard: number | bigint
}

/**
 * @param inherited the open-files limit that our caller had: the engine raises its own soft limit when
 *   it starts, and the container shall not notice
 */
export const planRlimits = (
  rlimits: readonly Rlimit[] = [],
  inherited: NofileLimit,
): readonly RlimitPlan[] => {
  const planned: readonly RlimitPlan[] = rlimits.map(({ type, soft, hard }, i) => ({
    type,
    resource: numbers[type],
    soft,
    hard,
    pointer: `/process/rlimits/${i}`,
  }))
  if (planned.some(({ resource }) => resource === RLIMIT_NOFILE)) return planned
  return [...planned, { type: 'RLIMIT_NOFILE', resource: RLIMIT_NOFILE, ...inherited }]
}

/** The stub sets them: some would be too low for an engine. */
export const rlimitCalls = (rlimits: readonly RlimitPlan[]): readonly StubCall[] =>
  rlimits.map(({ type, resource, soft, hard, pointer }) => ({
    call: 'prlimit64',
    args: [0, resource, { bytes: Buffer.from(limitWords(soft, hard).buffer) }, 0],
    doing: `set ${type} to ${soft}:${hard}`,
    ...(pointer !== undefined && { pointer }),
  }))

const limitWords = (soft: number | bigint, hard: number | bigint): BigUint64Array =>
  new BigUint64Array([BigInt(soft), BigInt(hard)])
