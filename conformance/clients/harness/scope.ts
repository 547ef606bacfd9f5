/**
 * What systemd and the kernel say of a container's cgroup, seen from outside. Where systemd makes them, and v2 alone is
 * there: on other hosts the steps of `scopeSteps` are not taken.
 *
 * systemd.resource-control(5)
 */
import type { Host, LineOptions } from './host.ts'

/** File of the cgroup → its line, or a pattern of it. */
export type Limits = Readonly<Record<string, string | RegExp>>

/** A line of shell, or what calls without one. */
type Action = string | (() => Promise<unknown>)

export interface Limited {
  /** Starts a container with `limits`, which stays. */
  readonly start: Action
  readonly limits: Limits
  /** A line that prints the pid of its first process. */
  readonly pid: string
  /** The cgroup's path. */
  readonly cgroup: RegExp
  /** Changes the limits, and what they are then. */
  readonly update?: readonly [change: Action, limits: Limits]
  /** Ends the container. */
  readonly end: Action
  /** Who runs the lines. */
  readonly as?: LineOptions
}

const cgroupOf = async (host: Host, pid: string): Promise<string> =>
  (await host.expect(`sed -n 's/^0:://p' /proc/${pid}/cgroup`)).trim()

const check = async (host: Host, cgroup: string, limits: Limits): Promise<void> => {
  for (const [file, text] of Object.entries(limits)) {
    await host.expect(`cat /sys/fs/cgroup${cgroup}/${file}`, {
      stdout: typeof text === 'string' ? `${text}\n` : text,
    })
  }
}

/** What systemd thinks that the limits are: at its next reload it would write these. */
const checkUnit = async (host: Host, cgroup: string, limits: Limits): Promise<void> => {
  const unit = cgroup.slice(cgroup.lastIndexOf('/') + 1)
  const manager = cgroup.startsWith('/user.slice/') ? '--user --machine tester@.host' : ''
  const memory = limits['memory.max']
  await host.expect(`systemctl ${manager} show ${unit} -p LoadState -p MemoryMax`, {
    stdout: new RegExp(
      `^MemoryMax=${memory}\\nLoadState=loaded\\n|^LoadState=loaded\\nMemoryMax=${memory}\\n`,
    ),
  })
}

export const scopeSteps = async (host: Host, container: Limited): Promise<void> => {
  if (!host.systemd) return
  const { start, limits, pid, update, end, as = {} } = container
  const act = (action: Action): Promise<unknown> =>
    typeof action === 'string' ? host.expect(action, as) : action()
  let cgroup = ''
  await host.step('limits are in its scope’s files, and in systemd', async () => {
    await act(start)
    cgroup = await cgroupOf(host, (await host.expect(pid, as)).trim())
    if (!container.cgroup.test(cgroup)) throw new Error(`in ${cgroup}, not ${container.cgroup}`)
    await check(host, cgroup, limits)
    await checkUnit(host, cgroup, limits)
  })
  if (update !== undefined) {
    await host.step('they are changed in both', async () => {
      await act(update[0])
      await check(host, cgroup, update[1])
      await checkUnit(host, cgroup, update[1])
      await host.expect('systemctl daemon-reload')
      await check(host, cgroup, update[1])
    })
  }
  await host.step('with the container its scope goes', async () => {
    await act(end)
    await host.until(`! test -e /sys/fs/cgroup${cgroup}`, 'the cgroup goes')
  })
}
