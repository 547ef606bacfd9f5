/** docker: limits that are changed while a container runs, containers that exceed theirs, and those that come back. */
import { together, type Host } from './harness/host.ts'

/** The memory that it may use, on a host with either version of cgroups. */
const MEMORY =
  'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true'
const CPU = 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null; true'

/** It reads what has no end and no lines, which it has to keep. */
const GREEDY = 'tail /dev/zero'

/** docker sends every number of the container's limits with each update: 0 for those that nobody has set. */
const updates = async (host: Host, image: string): Promise<void> => {
  const inside = (command: string): string => `docker exec changes sh -c '${command}'`
  await host.step('update: one limit after the other, the others stay', async () => {
    await host.expect(`docker run --detach --name changes --memory 100m ${image} sleep 1000`)
    await host.expect('docker update --memory 64m --memory-swap 64m changes')
    await host.expect(inside(MEMORY), { stdout: '67108864\n' })
    await host.expect('docker update --cpus 0.3 changes')
    await host.expect(inside(CPU), { stdout: /^30000( 100000)?\n$/ })
    await host.expect(inside(MEMORY), { stdout: '67108864\n' })
    for (const change of ['--pids-limit 30', '--memory-reservation 32m', '--cpu-shares 256']) {
      await host.expect(`docker update ${change} changes`)
    }
    await host.expect('docker update --cpuset-cpus 0 changes')
    await host.expect(inside('grep Cpus_allowed_list /proc/self/status'), { stdout: /\t0\n$/ })
    await host.expect('docker update --memory 80m --memory-swap 160m changes')
    await host.expect(inside(MEMORY), { stdout: '83886080\n' })
    await host.expect(inside(CPU), { stdout: /^30000( 100000)?\n$/ })
  })
  await host.step(
    'the container that was updated is stopped, and starts with its limits',
    async () => {
      await host.expect('docker stop --time 1 changes')
      await host.expect('docker start changes')
      await host.expect(inside(MEMORY), { stdout: '83886080\n' })
      await host.expect(inside(CPU), { stdout: /^30000( 100000)?\n$/ })
      await host.expect('docker rm --force changes')
    },
  )
}

const excess = async (host: Host, image: string): Promise<void> => {
  await host.step(`${host.crowd} containers with limits at a time, one of them exceeds its`, () =>
    together(host.crowd, async (i) => {
      const options = '--memory 16m --memory-swap 16m'
      if (i > 0) {
        const line = `docker run --rm ${options} ${image} sh -c 'echo ${i}; exit ${i}'`
        await host.expect(line, { status: i, stdout: `${i}\n` })
        return
      }
      await host.expect(`docker run --rm ${options} ${image} ${GREEDY}`, { status: 137 })
    }),
  )
  await host.step(
    'a program of a container exceeds its memory, the container goes on',
    async () => {
      await host.expect(
        `docker run --detach --name survives --memory 16m --memory-swap 16m ${image} sleep 1000`,
      )
      await host.expect(`docker exec survives ${GREEDY}`, { status: 137 })
      await host.expect('docker exec survives echo still', { stdout: 'still\n' })
      // containerd listens for it from the moment on that the container runs, and tells docker at leisure.
      await host.until(
        `docker events --since 1h --until 0s --filter container=survives --filter event=oom | grep -q oom`,
        'docker knows',
      )
      await host.expect('docker rm --force survives')
    },
  )
}

const restarts = async (host: Host, image: string): Promise<void> => {
  await host.step('run --restart on-failure: so often and no more', async () => {
    await host.expect(
      `docker run --detach --name fails --restart on-failure:2 ${image} sh -c 'exit 3'`,
    )
    const state = '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}'
    await host.until(
      `test "$(docker inspect --format '${state}' fails)" = '2 exited 3'`,
      'it has failed three times',
    )
    await host.expect('docker rm fails')
  })
  await host.step('run --restart always: killed, it is there again', async () => {
    await host.expect(`docker run --detach --name returns --restart always ${image} sleep 1000`)
    await host.expect(`kill -KILL $(docker inspect --format '{{.State.Pid}}' returns)`)
    await host.until(
      `test "$(docker inspect --format '{{.RestartCount}}' returns)" = 1`,
      'it is there again',
    )
    await host.until('docker exec returns true', 'it runs')
    await host.expect('docker rm --force returns')
  })
}

export const limitSteps = async (host: Host, image: string): Promise<void> => {
  await updates(host, image)
  await excess(host, image)
  await restarts(host, image)
}
