/** skopeo and umoci make a bundle of an image; the runtime runs it, without any engine. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ociLayout } from './harness/image.ts'
import { expectOutput, SCRIPT } from './harness/output.ts'
import { together } from './harness/host.ts'
import type { Client } from './harness/client.ts'

const RUNTIME = '/usr/local/bin/tsrun'

/** As an editor would: the config that umoci writes is one for a terminal. */
const edit = (bundle: string, ...args: readonly string[]): void => {
  const path = join(bundle, 'config.json')
  const config = JSON.parse(readFileSync(path, 'utf8'))
  Object.assign(config.process, { terminal: false, args })
  writeFileSync(path, JSON.stringify(config))
}

export const umoci: Client = {
  name: 'umoci',
  programs: { umoci: 'umoci', skopeo: 'skopeo', script: 'bsdutils', useradd: 'passwd' },
  page: 'clients/umoci.md',
  run: async (host) => {
    const bundle = join(host.directory, 'unpacked')
    await host.step('skopeo copies the image, umoci unpacks it', async () => {
      const layout = await ociLayout(host)
      await host.expect(`skopeo copy oci:${layout}:busybox oci:copied:busybox`)
      await host.expect('umoci unpack --image copied:busybox unpacked')
    })
    await host.step('run: umoci’s config as it is, but without a terminal', async () => {
      edit(bundle, 'sh', '-c', 'echo $PATH; hostname; exit 7')
      await host.expect(`${RUNTIME} run --bundle ${bundle} one`, { status: 7, stdout: /^\/bin\n/ })
    })
    await host.step('run: with a terminal', async () => {
      edit(bundle, 'tty')
      const path = join(bundle, 'config.json')
      writeFileSync(path, readFileSync(path, 'utf8').replace('"terminal":false', '"terminal":true'))
      await host.expect(`script -qec "${RUNTIME} run --bundle ${bundle} one" /dev/null`, {
        stdout: /\/dev\/pts\/0/,
      })
    })
    await host.step('create, start, exec, kill, delete', async () => {
      edit(bundle, 'sleep', '1000')
      await host.expect(`${RUNTIME} create --bundle ${bundle} --pid-file pid task`)
      await host.expect(`${RUNTIME} start task`)
      await host.expect(`${RUNTIME} exec task cat /proc/1/cmdline`, { stdout: 'sleep\x001000\x00' })
      await host.expect(`${RUNTIME} kill task KILL`)
      await host.until(`${RUNTIME} state task | grep -q stopped`, 'it stops')
      await host.expect(`${RUNTIME} delete task`)
    })
    await host.step('umoci unpack --rootless, run without root', async () => {
      await host.expect(
        `useradd --create-home tester && umoci unpack --rootless --image copied:busybox /home/tester/bundle`,
      )
      edit('/home/tester/bundle', 'id', '-u')
      await host.expect('chown -R tester:tester /home/tester')
      // The config that umoci made maps root of the container to root, who unpacked it.
      const path = '/home/tester/bundle/config.json'
      const uid = (await host.expect('id -u tester')).trim()
      const config = JSON.parse(readFileSync(path, 'utf8'))
      for (const mappings of ['uidMappings', 'gidMappings']) {
        config.linux[mappings] = [{ containerID: 0, hostID: Number(uid), size: 1 }]
      }
      writeFileSync(path, JSON.stringify(config))
      await host.expect(
        `mkdir -p /run/user && install -d -m 700 -o tester -g tester /run/user/tester`,
      )
      await host.expect(`${RUNTIME} --root /run/user/tester/state run --bundle bundle one`, {
        user: 'tester',
        stdout: '0\n',
      })
    })
    await host.step(`${host.crowd} containers at a time`, async () => {
      await together(host.crowd, async (i) => {
        const own = join(host.directory, `bundle-${i}`)
        mkdirSync(own)
        const config = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))
        config.root.path = join(bundle, 'rootfs')
        config.root.readonly = true
        writeFileSync(join(own, 'config.json'), JSON.stringify(config))
        edit(own, 'sh', '-c', `echo ${i}; exit ${i}`)
        await host.expect(`${RUNTIME} run --bundle ${own} many-${i}`, {
          status: i,
          stdout: `${i}\n`,
        })
      })
    })
    await host.step('100 MB of output', async () => {
      edit(bundle, 'sh', '-c', SCRIPT)
      await expectOutput(host, `${RUNTIME} run --bundle ${bundle} output`)
    })
    await host.step('nothing is left', () => host.expect(`${RUNTIME} list --quiet`, { stdout: '' }))
  },
}
