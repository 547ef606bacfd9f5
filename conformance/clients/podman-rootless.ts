/** podman without root: the runtime runs in podman's user namespace. */
import { rootfsArchive } from './harness/image.ts'
import type { Client } from './harness/client.ts'
import { scopeSteps } from './harness/scope.ts'
import { CATATONIT, commonSteps, importImage, IMAGE, limited } from './podman.ts'

const USER = 'tester'

export const podmanRootless: Client = {
  name: 'podman-rootless',
  programs: {
    podman: 'podman',
    conmon: 'conmon',
    newuidmap: 'uidmap',
    slirp4netns: 'slirp4netns',
    useradd: 'passwd',
    ...CATATONIT,
  },
  systemd: true,
  page: 'clients/podman.md',
  run: async (host) => {
    const archive = await rootfsArchive(host)
    if (!host.systemd)
      await host.step('a user with subordinate ids', async () => {
        await host.expect(`useradd --create-home ${USER} && grep -q ${USER} /etc/subuid`)
        await host.expect(
          `mkdir -p /run/user && install -d -m 700 -o ${USER} -g ${USER} /run/user/${USER}`,
        )
        // podman wants to pass its mounts on.
        await host.expect('mount --make-rshared /')
        // Most hosts give these to everybody. /dev is the host's own: other files in their place.
        for (const [name, minor] of [
          ['/dev/net/tun', 200],
          ['/dev/fuse', 229],
        ] as const) {
          const node = `node-${minor}`
          await host.expect(`mknod -m 666 ${node} c 10 ${minor} && mount --bind ${node} ${name}`)
        }
      })
    await host.step('podman finds the runtime, an image is imported', async () => {
      await host.expect(
        `podman info --format '{{.Host.OCIRuntime.Path}} {{.Host.Security.Rootless}}'`,
        {
          user: USER,
          stdout: '/usr/local/bin/tsrun true\n',
        },
      )
      await host.expect(importImage(archive), { user: USER })
    })
    await host.step('root inside is the user outside', () =>
      host.expect(`podman run --rm ${IMAGE} sh -c 'id -u; id -G; tr -s " " < /proc/self/uid_map'`, {
        user: USER,
        stdout: /^0\n0\n 0 \d+ 1\n 1 \d+ 65536\n$/,
      }),
    )
    await host.step('run --userns keep-id', () =>
      host.expect(`test $(podman run --rm --userns keep-id ${IMAGE} id -u) = $(id -u)`, {
        user: USER,
      }),
    )
    await host.step('run with a network', () =>
      host.expect(`podman run --rm --network slirp4netns ${IMAGE} ip addr`, {
        user: USER,
        stdout: /tap0/,
      }),
    )
    await scopeSteps(host, { ...limited('^/user.slice/.*/user.slice'), as: { user: USER } })
    await commonSteps(host, USER)
  },
}
