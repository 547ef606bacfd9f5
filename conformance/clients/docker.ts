/** docker: dockerd, its containerd, and `docker`. */
import { limitSteps } from './docker-limits.ts'
import { hasAllCapabilities } from './harness/capabilities.ts'
import { rootfsArchive } from './harness/image.ts'
import { COMMAND, expectOutput } from './harness/output.ts'
import { together, type Host } from './harness/host.ts'
import { scopeSteps, type Limited } from './harness/scope.ts'
import type { Client } from './harness/client.ts'

const IMAGE = 'busybox'

const startDocker = (host: Host): Promise<void> => host.daemon('dockerd', 'docker version')

const oneContainer = async (host: Host): Promise<void> => {
  await host.step('run --rm: output and status', () =>
    host.expect(`docker run --rm ${IMAGE} sh -c 'echo out; echo error >&2; exit 7'`, {
      status: 7,
      stdout: 'out\n',
      stderr: /error/,
    }),
  )
  await host.step('run --tty', () =>
    host.expect(`docker run --rm --tty ${IMAGE} tty`, { stdout: /\/dev\/pts\/0/ }),
  )
  await host.step('run of a program that is not there: 127', () =>
    host.expect(`docker run --rm ${IMAGE} /absent`, { status: 127, stderr: /no such file/ }),
  )
  await host.step('run of a program that is not in PATH: 127', () =>
    host.expect(`docker run --rm ${IMAGE} absent`, {
      status: 127,
      stderr: /executable file not found/,
    }),
  )
  await host.step('run of a file that is no program: 126', () =>
    host.expect(`docker run --rm ${IMAGE} /etc/passwd`, {
      status: 126,
      stderr: /permission denied/,
    }),
  )
  await host.step('run of a directory: 126', () =>
    host.expect(`docker run --rm ${IMAGE} /etc`, { status: 126 }),
  )
  await host.step('run of an empty name: 127', () =>
    host.expect(`docker run --rm ${IMAGE} ''`, { status: 127 }),
  )
  await host.step('run --workdir that is not there: made', () =>
    host.expect(`docker run --rm --workdir /a/b ${IMAGE} pwd`, { stdout: '/a/b\n' }),
  )
  await host.step('run with everything taken away', () =>
    host.expect(
      `docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --user 1000:1000
       --network none --tmpfs /x --ulimit nofile=100:200 --pids-limit 20 --memory 32m --cpus 0.5
       ${IMAGE} sh -c 'id -u; grep CapEff /proc/self/status; ulimit -n; touch /x/y && touch /y || echo no'`.replaceAll(
        '\n',
        ' ',
      ),
      { stdout: '1000\nCapEff:\t0000000000000000\n100\nno\n' },
    ),
  )
  if (hasAllCapabilities()) {
    await host.step('run --privileged', () =>
      host.expect(
        `docker run --rm --privileged ${IMAGE} sh -c 'mount -t tmpfs x /mnt && ls /dev/mem'`,
        { stdout: '/dev/mem\n' },
      ),
    )
  } else {
    host.skip('run --privileged', 'this host has not all capabilities to give, and runc wants them')
  }
  await host.step('run --init, --hostname, --volume, --env', () =>
    host.expect(
      `docker run --rm --init --hostname name --volume /usr/share/misc:/mnt:ro --env A=b ${IMAGE} sh -c 'hostname; echo $A; touch /mnt/x || echo no'`,
      { stdout: 'name\nb\nno\n' },
    ),
  )
  await host.step('two containers on the bridge', async () => {
    await host.expect(`docker run --detach --name server ${IMAGE} nc -l -p 80 -e echo hello`)
    const address = await host.expect(
      `docker inspect --format '{{.NetworkSettings.IPAddress}}' server`,
    )
    await host.expect(`docker run --rm ${IMAGE} nc ${address.trim()} 80`, { stdout: 'hello\n' })
    await host.expect('docker rm --force server')
  })
}

const oneService = async (host: Host): Promise<void> => {
  await host.step('run --detach, logs', async () => {
    await host.expect(
      `docker run --detach --name task --memory 64m ${IMAGE} sh -c 'echo said; exec sleep 1000'`,
    )
    await host.until('docker logs task | grep -q said', 'the log')
  })
  await host.step('exec', () =>
    host.expect(`docker exec task sh -c 'echo in; exit 3'`, { status: 3, stdout: 'in\n' }),
  )
  await host.step('exec --tty', () =>
    host.expect(`script -qec "docker exec --interactive --tty task tty" /dev/null`, {
      stdout: /pts/,
    }),
  )
  await host.step('exec of a program that is not there', () =>
    host.expect('docker exec task /absent', { status: 'not 0', stdout: /no such file/ }),
  )
  await host.step('exec of a directory: 126', () =>
    host.expect('docker exec task /etc', { status: 126 }),
  )
  await host.step('exec --workdir that is not there: 126', () =>
    // docker says it in the stream that the program would have had.
    host.expect('docker exec --workdir /absent task pwd', { status: 126, stdout: /no such file/ }),
  )
  await host.step('top, stats', async () => {
    await host.expect('docker top task', { stdout: /sleep 1000/ })
    await host.expect('docker stats --no-stream task', { stdout: /64MiB/ })
  })
  await host.step('pause, unpause', async () => {
    await host.expect('docker pause task')
    await host.expect(`docker inspect --format '{{.State.Status}}' task`, { stdout: 'paused\n' })
    await host.expect('docker unpause task')
  })
  await host.step('update', async () => {
    await host.expect('docker update --memory 128m --memory-swap 128m --cpu-shares 512 task')
    await host.expect('docker stats --no-stream task', { stdout: /128MiB/ })
  })
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await host.step(`dockerd ends by ${signal}, the container goes on`, async () => {
      await host.stop('dockerd', signal)
      await startDocker(host)
      await host.expect('docker exec task echo still', { stdout: 'still\n' })
    })
  }
  await host.step('restart, stop, rm', async () => {
    await host.expect('docker restart --time 1 task')
    await host.expect('docker stop --time 1 task')
    await host.expect(`docker inspect --format '{{.State.ExitCode}}' task`, { stdout: '137\n' })
    await host.expect('docker rm task')
  })
}

const limited: Limited = {
  start: `docker run --detach --name limited --memory 64m --memory-swap 128m --cpus 0.5 --pids-limit 20 --cpuset-cpus 0 ${IMAGE} sleep 1000`,
  limits: {
    'memory.max': '67108864',
    'memory.swap.max': '67108864',
    'cpu.max': '50000 100000',
    'pids.max': '20',
    'cpuset.cpus': '0',
  },
  pid: `docker inspect --format '{{.State.Pid}}' limited`,
  cgroup: /^\/system\.slice\/docker-\w{64}\.scope$/,
  update: [
    'docker update --memory 128m --memory-swap 256m --cpus 1.5 --pids-limit 30 limited',
    {
      'memory.max': '134217728',
      'memory.swap.max': '134217728',
      'cpu.max': '150000 100000',
      'pids.max': '30',
      'cpuset.cpus': '0',
    },
  ],
  end: 'docker stop --time 1 limited && docker rm limited',
}

const load = async (host: Host): Promise<void> => {
  await host.step(`${host.crowd} containers at a time`, () =>
    together(host.crowd, (i) =>
      host.expect(`docker run --rm ${IMAGE} sh -c 'echo ${i}; exit ${i}'`, {
        status: i,
        stdout: `${i}\n`,
      }),
    ),
  )
  await host.step('100 MB of output', () =>
    expectOutput(host, `docker run --rm --log-driver none ${IMAGE} ${COMMAND}`),
  )
  await host.step('nothing is left', async () => {
    await host.expect('docker ps --all --quiet', { stdout: '' })
    await host.expect(
      'find /sys/fs/cgroup "(" -path "*/docker/*" -o -name "docker-*.scope" ")" -type d',
      { stdout: '' },
    )
  })
}

export const docker: Client = {
  name: 'docker',
  programs: { dockerd: 'docker.io', docker: 'docker.io', iptables: 'iptables', script: 'bsdutils' },
  systemd: true,
  page: 'clients/docker.md',
  run: async (host) => {
    await host.step('dockerd starts with this runtime, an image is imported', async () => {
      await startDocker(host)
      await host.expect(`docker info --format '{{.DefaultRuntime}}'`, { stdout: 'tsrun\n' })
      await host.expect(
        `docker import --change 'ENV PATH=/bin' --change 'CMD ["sh"]' ${await rootfsArchive(host)} ${IMAGE}`,
      )
    })
    await oneContainer(host)
    await oneService(host)
    await scopeSteps(host, limited)
    await limitSteps(host, IMAGE)
    await load(host)
    await host.step('docker build', async () => {
      host.write(
        `${host.directory}/Dockerfile`,
        `FROM ${IMAGE}\nRUN echo built > /built\nUSER 1000\nRUN id -u >> /tmp/id\n`,
      )
      await host.expect(
        'mkdir context && mv Dockerfile context && docker build --tag made context',
        { env: { DOCKER_BUILDKIT: '0' } },
      )
      await host.expect('docker run --rm made cat /built /tmp/id', { stdout: 'built\n1000\n' })
    })
    await host.stop('dockerd')
  },
}
