/**
 * The filter as the stub's last calls. Parent. seccomp(2)
 *
 * With no_new_privs anyone may load a filter, and it is the last thing before the program's execve.
 * Without, loading takes CAP_SYS_ADMIN: the stub keeps it for that moment and gives it up right after, so
 * that the filter has to allow capset(2) and execve(2) only.
 */
import { Failure } from '../../failure.ts'
import type { Config } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'
import { READY } from '../../sync/channel.ts'
import type { CapabilityPlan } from '../capabilities/plan.ts'
import { capset } from '../credentials/plan.ts'
import type { KeptFilters } from './cache.ts'
import { sourceOf } from './source.ts'

const SECCOMP_SET_MODE_FILTER = 1
const CAP_SYS_ADMIN = 1n << 21n

export interface SeccompPlan {
  readonly keep: bigint
  /** Reads or compiles the filter, which takes a while; who does not ask for it has it when the calls are laid out. */
  readonly prepare: () => void
  /** @param line the descriptor on which the stub reports, where it waits for the listener to be taken */
  readonly calls: (line: number) => readonly StubCall[]
}

/**
 * For tsrun to take the listener's descriptor, which the program's execve closes. By read(2) and write(2), which hardly
 * a filter forbids; nobody can hear of the write yet (`lib/spec/rules/seccomp.ts`), of the read whoever has the listener.
 */
const handOver = (line: number): readonly StubCall[] => [
  {
    call: 'write',
    args: [line, { bytes: READY }, READY.length],
    doing: 'report the seccomp listener (the filter must let write through)',
    pointer: '/linux/seccomp',
  },
  {
    call: 'read',
    args: [line, { bytes: Buffer.alloc(1) }, 1],
    doing: 'wait for the seccomp listener to be taken (the filter must let read through)',
    pointer: '/linux/seccomp',
    endOnZero: true,
  },
]

/** @throws Failure without libseccomp, and for what it does not know */
export const planSeccomp = (
  config: Config,
  capabilities: CapabilityPlan,
  filters: KeptFilters,
): SeccompPlan => {
  const source = sourceOf(config, filters)
  if (!source) return { keep: 0n, prepare: () => {}, calls: () => [] }
  let made: Buffer | undefined
  const filter = (): Buffer => (made ??= source.code())
  const mayLoad =
    config.process?.noNewPrivileges === true ||
    (capabilities.effective & CAP_SYS_ADMIN) === CAP_SYS_ADMIN
  if (!mayLoad && (capabilities.available & CAP_SYS_ADMIN) === 0n) {
    throw new Failure('cannot load a seccomp filter without CAP_SYS_ADMIN', {
      pointer: '/process/noNewPrivileges',
      hint: 'set process.noNewPrivileges, or create a user namespace',
    })
  }
  const load: StubCall = {
    call: 'seccomp',
    args: [SECCOMP_SET_MODE_FILTER, source.flags, { filter }],
    doing: 'load the seccomp filter',
    pointer: '/linux/seccomp',
  }
  return {
    keep: mayLoad ? 0n : CAP_SYS_ADMIN,
    prepare: () => void filter(),
    calls: (line) => [
      load,
      ...(source.hasListener ? handOver(line) : []),
      ...(mayLoad ? [] : [capset(capabilities)]),
    ],
  }
}
