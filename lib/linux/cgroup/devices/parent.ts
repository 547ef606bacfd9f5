/** Puts a device policy in force. Parent. */
import { close, openat } from '../../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_RDONLY } from '../../../sys/flags/open.ts'
import { join } from '../../../path.ts'
import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_F_REPLACE,
  BPF_PROG_TYPE_CGROUP_DEVICE,
  attachProgram,
  detachProgram,
  loadProgram,
  openProgram,
  programName,
  queryPrograms,
} from '../../../sys/bpf.ts'
import { hasCode } from '../../../sys/error.ts'
import { doing } from '../../../failure.ts'
import { readControl, writeControl } from '../control-file.ts'
import { compileDeviceFilter } from './filter.ts'
import { printException, type DevicePolicy } from './plan.ts'
import { explainRefusal } from '../limits/explain.ts'
import type { Layout } from '../layout.ts'

const NAME = 'tsrun_devices'
const POINTER = '/linux/resources/devices'

/** For a cgroup without device rules of its own. */
export const applyDevices = (
  mode: Layout['mode'],
  directory: string,
  policy: DevicePolicy,
): void => {
  if (mode === 'v2') return attachFilter(directory, policy)
  write(directory, policy.allow ? 'devices.allow' : 'devices.deny', ['a'])
  write(directory, policy.allow ? 'devices.deny' : 'devices.allow', lines(policy))
}

/** For a container that runs: nothing that stays allowed is forbidden in between. */
export const updateDevices = (
  mode: Layout['mode'],
  directory: string,
  policy: DevicePolicy,
): void => {
  if (mode === 'v2') return attachFilter(directory, policy)
  const now = readControl(join(directory, 'devices.list')).split('\n')
  // The kernel does not tell the exceptions of a cgroup that may use everything: there we start anew.
  if (policy.allow || now.includes('a *:* rwm')) return applyDevices(mode, directory, policy)
  const wanted = lines(policy)
  const surplus = now.flatMap((line) => surplusOf(line, wanted))
  write(
    directory,
    'devices.allow',
    wanted.filter((line) => !now.includes(line)),
  )
  write(directory, 'devices.deny', surplus)
}

const lines = ({ exceptions }: DevicePolicy): readonly string[] => exceptions.map(printException)

/** `c 1:3 rwm` where only `c 1:3 r` is wanted → `c 1:3 wm`; the kernel keeps one line a device. */
const surplusOf = (line: string, wanted: readonly string[]): readonly string[] => {
  const [type, numbers, access = ''] = line.split(' ')
  const device = `${type} ${numbers} `
  const kept = wanted.find((other) => other.startsWith(device))?.slice(device.length) ?? ''
  const rest = [...access].filter((letter) => !kept.includes(letter)).join('')
  return rest === '' ? [] : [device + rest]
}

const write = (directory: string, file: string, values: readonly string[]): void => {
  if (values.length === 0) return
  try {
    writeControl(join(directory, file), ...values)
  } catch (cause) {
    const value = values.join(', ')
    const what = 'device rules'
    throw explainRefusal(
      { what, pointer: POINTER, controller: 'devices', directory, file, value },
      cause,
    )
  }
}

/**
 * One program of ours is attached at any time: a new one takes the old one's place at once. Others stay,
 * as systemd's: what is to be used, every one has to allow.
 */
const attachFilter = (directory: string, policy: DevicePolicy): void =>
  doing(
    `filter devices of cgroup ${directory}`,
    () => {
      const cgroup = openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY)
      let program = -1
      try {
        const old = queryPrograms(cgroup, BPF_CGROUP_DEVICE)
        const isOpen = policy.allow && policy.exceptions.length === 0
        if (isOpen && old.length === 0) return
        const code = compileDeviceFilter(policy)
        program = loadProgram(BPF_PROG_TYPE_CGROUP_DEVICE, code, NAME)
        replacePrograms(cgroup, program, old)
      } finally {
        if (program !== -1) close(program)
        close(cgroup)
      }
    },
    { code: 'CGROUP_DEVICES', pointer: POINTER },
  )

const replacePrograms = (cgroup: number, program: number, old: readonly number[]): void => {
  const opened = old.map(openProgram)
  try {
    const replaced = opened.filter((other) => programName(other) === NAME)
    const [first] = replaced
    if (first !== undefined && replaced.length === 1 && replaceOne(cgroup, program, first)) return
    attachProgram(cgroup, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI)
    for (const other of replaced) detachProgram(cgroup, other, BPF_CGROUP_DEVICE)
  } finally {
    for (const other of opened) close(other)
  }
}

/** False before Linux 5.6, where both are in force for a moment. */
const replaceOne = (cgroup: number, program: number, replaced: number): boolean => {
  try {
    const flags = BPF_F_ALLOW_MULTI | BPF_F_REPLACE
    attachProgram(cgroup, program, BPF_CGROUP_DEVICE, flags, replaced)
    return true
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return false
    throw error
  }
}
