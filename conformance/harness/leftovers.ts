/** What a runtime has left behind on the host: processes, mounts, cgroups, state. */
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { cgroupsOf, removeCgroups } from './cgroups.ts'
import { pause } from './wait.ts'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const link = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** What a process has open: the output of a runtime's helper that outlived it has the box's name. */
const openIn = (pid: string): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((file) => link(`/proc/${pid}/fd/${file}`))
  } catch {
    return []
  }
}

/** The processes that have `mark` in their arguments, their environment, their root or what they have open. */
export const processesOf = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      [
        read(`/proc/${pid}/cmdline`),
        read(`/proc/${pid}/environ`),
        link(`/proc/${pid}/root`),
        ...openIn(pid),
      ].some((text) => text.includes(mark)),
    )
    .map(Number)

const mountsOf = (mark: string): string[] =>
  read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(mark))

const describe = (pid: number): string =>
  `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')} (${
    /State:\s*(\S+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 'gone'
  })`

/** A process that was just killed may take a moment to go. */
const settle = (mark: string): number[] => {
  for (let tries = 0; ; tries++) {
    const left = processesOf(mark)
    if (left.length === 0 || tries === 20) return left
    pause(25)
  }
}

/**
 * @param mark is part of the container's id, its environment and the paths of its bundle
 * @param state the runtime's `--root`
 */
export const leftovers = (mark: string, state: string): string[] => [
  ...settle(mark).map(describe),
  ...mountsOf(mark).map((line) => `mount: ${line}`),
  ...cgroupsOf(mark).map((path) => `cgroup: ${path}`),
  ...(existsSync(state) ? readdirSync(state).filter((name) => name.includes(mark)) : []).map(
    (name) => `state: ${name}`,
  ),
]

/** Makes the host clean again after `leftovers` has been reported. */
export const sweep = (mark: string): void => {
  for (const pid of processesOf(mark)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone by itself.
    }
  }
  settle(mark)
  for (const line of mountsOf(mark).reverse()) {
    try {
      execFileSync('umount', ['-l', line.split(' ')[4]!])
    } catch {
      // Under another one that is gone already.
    }
  }
  removeCgroups(mark)
}
