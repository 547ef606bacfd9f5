/** podman as root: conmon calls the runtime, and podman itself does. */
import { rootfsArchive } from './harness/image.ts'
import { COMMAND, expectOutput } from './harness/output.ts'
import { together, type Host } from './harness/host.ts'
import { scopeSteps, type Limited } from './harness/scope.ts'
import { kubeSteps } from './podman-kube.ts'
import type { Client } from './harness/client.ts'

/** Of which podman makes the image for a pod's own container. */
export const CATATONIT = { '/usr/libexec/podman/catatonit': 'catatonit' }

export const IMAGE = 'localhost/busybox:1'

/** For root and for other users. */
export const importImage = (archive: string): string =>
  `podman import --change 'ENV PATH=/bin' --change 'CMD ["sh"]' ${archive} ${IMAGE}`

/**
 * The steps that root and other users have in common.
 *
 * @param user the user to be, for podman without root
 */
export const commonSteps = async (host: Host, user?: string): Promise<void> => {
  const as = user === undefined ? {} : { user }
  await host.step('run --rm: output and status', () =>
    host.expect(`podman run --rm ${IMAGE} sh -c 'echo out; echo error >&2; exit 7'`, {
      ...as,
      status: 7,
      stdout: 'out\n',
      stderr: /error/,
    }),
  )
  await host.step('run --tty', () =>
    host.expect(`podman run --rm --tty ${IMAGE} tty`, { ...as, stdout: /\/dev\/pts\/0/ }),
  )
  await host.step('run of a program that is not there: 127', () =>
    host.expect(`podman run --rm ${IMAGE} /absent`, { ...as, status: 127, stderr: /not found/ }),
  )
  await host.step('run of a file that is no program: 126', () =>
    host.expect(`podman run --rm ${IMAGE} /etc/passwd`, {
      ...as,
      status: 126,
      stderr: /permission denied/,
    }),
  )
  await host.step('run of a directory: 126', () =>
    host.expect(`podman run --rm ${IMAGE} /etc`, { ...as, status: 126 }),
  )
  await host.step('run of an empty name: 127', () =>
    host.expect(`podman run --rm ${IMAGE} ''`, { ...as, status: 127 }),
  )
  await host.step('run with everything taken away', () =>
    host.expect(
      `podman run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --user 1000:1000 --network none --tmpfs /x ${IMAGE} sh -c 'id -u; id -G; grep CapEff /proc/self/status; touch /x/y && touch /y || echo no'`,
      { ...as, stdout: '1000\n1000\nCapEff:\t0000000000000000\nno\n' },
    ),
  )
  await host.step('run --privileged', () =>
    host.expect(
      `podman run --rm --privileged ${IMAGE} sh -c 'mount -t tmpfs x /mnt && echo mounted'`,
      {
        ...as,
        stdout: 'mounted\n',
      },
    ),
  )
  await host.step('run --network host, --pid host, --uts host', () =>
    host.expect(`podman run --rm --network host --pid host --uts host ${IMAGE} echo yes`, {
      ...as,
      stdout: 'yes\n',
    }),
  )
  await host.step('run --volume, --env, --hostname, --init', () =>
    host.expect(
      `podman run --rm --hostname name --volume /usr/share/misc:/mnt:ro --env A=b ${IMAGE} sh -c 'hostname; echo $A; touch /mnt/x || echo no'`,
      { ...as, stdout: 'name\nb\nno\n' },
    ),
  )
  await host.step('run --detach, logs', async () => {
    await host.expect(
      `podman run --detach --name task ${IMAGE} sh -c 'echo said; exec sleep 1000'`,
      as,
    )
    await host.expect('sleep 0.2; podman logs task', { ...as, stdout: 'said\n' })
  })
  await host.step('exec', () =>
    host.expect(`podman exec task sh -c 'echo in; exit 3'`, { ...as, status: 3, stdout: 'in\n' }),
  )
  await host.step('exec --tty', () =>
    host.expect('podman exec --tty task tty', { ...as, stdout: /\/dev\/pts\/\d/ }),
  )
  await host.step('exec --user, --workdir, --env', () =>
    host.expect(
      `podman exec --user 1000 --workdir /tmp --env A=b task sh -c 'id -u; pwd; echo $A'`,
      {
        ...as,
        stdout: '1000\n/tmp\nb\n',
      },
    ),
  )
  await host.step('exec of a program that is not there: 127', () =>
    host.expect('podman exec task /absent', {
      ...as,
      status: 127,
      stderr: /not found|no such file/,
    }),
  )
  await host.step('exec of a directory: 126', () =>
    host.expect('podman exec task /etc', { ...as, status: 126 }),
  )
  await host.step('exec --workdir that is not there: 127', () =>
    host.expect('podman exec --workdir /absent task pwd', {
      ...as,
      status: 127,
      stderr: /no such file/,
    }),
  )
  await host.step('top', () => host.expect('podman top task', { ...as, stdout: /sleep 1000/ }))
  await host.step('restart, stop, start, rm', async () => {
    await host.expect('podman restart --time 1 task', as)
    await host.expect('podman stop --time 1 task', as)
    await host.expect('podman start task', as)
    await host.expect('podman kill task', as)
    await host.expect('podman rm --force task', as)
  })
  await host.step('a pod', async () => {
    await host.expect(
      `podman pod create --name pod --infra-image ${IMAGE} --infra-command 'sleep 1000'`,
      as,
    )
    await host.expect(`podman run --rm --pod pod ${IMAGE} hostname`, { ...as, stdout: 'pod\n' })
    await host.expect('podman pod rm --force --time 0 pod', as)
  })
  await kubeSteps(host, IMAGE, as)
  await host.step(`${host.crowd} containers at a time`, () =>
    together(host.crowd, (i) =>
      host.expect(`podman run --rm --network none ${IMAGE} sh -c 'echo ${i}; exit ${i}'`, {
        ...as,
        status: i,
        stdout: `${i}\n`,
      }),
    ),
  )
  await host.step('100 MB of output', () =>
    expectOutput(host, `podman run --rm --log-driver none --network none ${IMAGE} ${COMMAND}`, as),
  )
  await host.step('nothing is left', async () => {
    await host.expect('podman ps --all --quiet', { ...as, stdout: '' })
    await host.expect(
      'find /sys/fs/cgroup "(" -path "*libpod*/*libpod-*" -o -name "libpod-*.scope" ")" -type d',
      { stdout: '' },
    )
  })
}

/** Who is not root has no cpuset delegated. */
export const limited = (slice: string): Limited => ({
  start: `podman run --detach --name limited --memory 64m --memory-swap 128m --pids-limit 20 ${IMAGE} sleep 1000`,
  limits: { 'memory.max': '67108864', 'memory.swap.max': '67108864', 'pids.max': '20' },
  pid: `podman inspect --format '{{.State.Pid}}' limited`,
  cgroup: new RegExp(`${slice}/libpod-\\w{64}\\.scope(/container)?$`),
  end: 'podman stop --time 1 limited && podman rm limited',
})

const rootSteps = async (host: Host): Promise<void> => {
  await host.step('limits, pause, stats', async () => {
    await host.expect(
      `podman run --detach --name small --memory 32m --pids-limit 20 --cpus 0.5 ${IMAGE} sleep 1000`,
    )
    await host.expect('podman stats --no-stream small', { stdout: /33\.55MB/ })
    await host.expect('podman pause small')
    await host.expect(`podman inspect --format '{{.State.Status}}' small`, { stdout: 'paused\n' })
    await host.expect('podman unpause small')
    await host.expect('podman rm --force --time 0 small')
  })
  await host.step('update: one limit after the other, the others stay', async () => {
    await host.expect(`podman run --detach --name changes --memory 100m ${IMAGE} sleep 1000`)
    await host.expect('podman update --memory 64m --memory-swap 64m changes')
    await host.expect('podman update --cpus 0.3 changes')
    await host.expect('podman update --memory-reservation 32m changes')
    await host.expect('podman update --cpu-shares 256 changes')
    await host.expect('podman update --cpuset-cpus 0 changes')
    const files = `cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes cpu.max cpu/cpu.cfs_quota_us 2>/dev/null; grep Cpus_allowed_list /proc/self/status`
    await host.expect(`podman exec changes sh -c '${files}'`, {
      stdout: /^67108864\n30000( 100000)?\nCpus_allowed_list:\t0\n$/,
    })
    await host.expect('podman stop --time 1 changes && podman start changes')
    await host.expect('podman exec changes echo still', { stdout: 'still\n' })
    await host.expect('podman rm --force --time 0 changes')
  })
  await host.step('a container exceeds its memory', async () => {
    const options = '--name greedy --memory 16m --memory-swap 16m --network none'
    // Of State.OOMKilled conmon 2.1.6 knows nothing, whatever the runtime.
    await host.expect(`podman run ${options} ${IMAGE} tail /dev/zero`, { status: 137 })
    await host.expect('podman rm greedy')
  })
  await host.step('run --restart on-failure: so often and no more', async () => {
    await host.expect(
      `podman run --detach --name fails --restart on-failure:2 --network none ${IMAGE} sh -c 'exit 3'`,
    )
    const state = '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}'
    await host.until(
      `test "$(podman inspect --format '${state}' fails)" = '2 exited 3'`,
      'it has failed three times',
    )
    await host.expect('podman rm fails')
  })
  await host.step('run --uidmap: a user namespace', () =>
    host.expect(`podman run --rm --uidmap 0:100000:65536 ${IMAGE} cat /proc/self/uid_map`, {
      stdout: /^\s*0\s+100000\s+65536\n$/,
    }),
  )
  await host.step('two containers on the bridge', async () => {
    await host.expect(`podman run --detach --name server ${IMAGE} nc -l -p 80 -e echo hello`)
    const address = await host.expect(
      `podman inspect --format '{{.NetworkSettings.IPAddress}}' server`,
    )
    await host.expect(`podman run --rm ${IMAGE} nc ${address.trim()} 80`, { stdout: 'hello\n' })
    await host.expect('podman rm --force --time 0 server')
  })
}

export const podman: Client = {
  name: 'podman',
  programs: { podman: 'podman', conmon: 'conmon', iptables: 'iptables', ...CATATONIT },
  systemd: true,
  page: 'clients/podman.md',
  run: async (host) => {
    await host.step('podman finds the runtime, an image is imported', async () => {
      await host.expect(`podman info --format '{{.Host.OCIRuntime.Path}}'`, {
        stdout: '/usr/local/bin/tsrun\n',
      })
      await host.expect(importImage(await rootfsArchive(host)))
    })
    await rootSteps(host)
    await scopeSteps(host, limited('^/machine.slice'))
    await commonSteps(host)
  },
}
