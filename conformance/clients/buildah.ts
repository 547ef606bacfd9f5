/** buildah: `RUN` steps of a build, and `buildah run`. */
import { rootfsArchive } from './harness/image.ts'
import { COMMAND, expectOutput } from './harness/output.ts'
import { together } from './harness/host.ts'
import type { Client } from './harness/client.ts'

export const buildah: Client = {
  name: 'buildah',
  programs: { buildah: 'buildah', iptables: 'iptables' },
  systemd: true,
  page: 'clients/buildah.md',
  run: async (host) => {
    await host.step('an image from nothing', async () => {
      await rootfsArchive(host)
      host.write(
        `${host.directory}/base/Dockerfile`,
        'FROM scratch\nADD rootfs.tar /\nENV PATH=/bin\nCMD ["sh"]\n',
      )
      await host.expect('mv rootfs.tar base && buildah bud --tag busybox base')
    })
    await host.step('RUN, as root and as another user', async () => {
      host.write(
        `${host.directory}/made/Dockerfile`,
        'FROM localhost/busybox\nRUN echo built > /built && id -u\nUSER 1000\nRUN echo user $(id -u)\n',
      )
      await host.expect('buildah bud --pull-never --tag made made', { stdout: /^user 1000$/m })
    })
    await host.step('RUN that fails ends the build with its status', async () => {
      host.write(`${host.directory}/bad/Dockerfile`, 'FROM localhost/busybox\nRUN exit 9\n')
      await host.expect('buildah bud --pull-never bad', { status: 9, stderr: /exit status 9/ })
    })
    let container = ''
    await host.step('from, run: output and status', async () => {
      container = (await host.expect('buildah from --pull-never localhost/made')).trim()
      await host.expect(`buildah run ${container} sh -c 'cat /built; exit 5'`, {
        status: 5,
        stdout: 'built\n',
      })
    })
    await host.step('run --runtime: what it changes stays', async () => {
      await host.expect(
        `buildah run --user 0 --runtime /usr/local/bin/tsrun ${container} -- sh -c 'echo x > /x'`,
      )
      await host.expect(`buildah run --network none ${container} cat /x`, { stdout: 'x\n' })
    })
    await host.step('run --terminal', () =>
      host.expect(`buildah run --terminal ${container} tty`, { stdout: /\/dev\/pts\/0/ }),
    )
    await host.step('run --volume, --hostname', () =>
      host.expect(
        `buildah run --hostname name --volume /usr/share/misc:/mnt:ro ${container} sh -c 'hostname; touch /mnt/x || echo no'`,
        { stdout: 'name\nno\n' },
      ),
    )
    await host.step('run of a program that is not there', () =>
      host.expect(`buildah run ${container} /absent`, { status: 1, stderr: /no such file/ }),
    )
    await host.step('RUN with chroot isolation needs no runtime', () =>
      host.expect('buildah bud --isolation chroot --no-cache --pull-never made', {
        stdout: /user 1000/,
      }),
    )
    await host.step(`${host.crowd} containers at a time`, () =>
      together(host.crowd, (i) =>
        host.expect(
          `c=$(buildah from --pull-never localhost/made) && buildah run --network none $c echo ${i} && buildah rm $c >&2`,
          { stdout: `${i}\n` },
        ),
      ),
    )
    await host.step('100 MB of output', () =>
      expectOutput(host, `buildah run ${container} ${COMMAND}`),
    )
    await host.step('nothing is left', async () => {
      await host.expect('buildah rm --all')
      await host.expect('find /sys/fs/cgroup -path "*buildah*" -type d', { stdout: '' })
    })
  },
}
