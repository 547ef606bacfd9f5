/** The image that all containers here are made of: one static busybox. Made on the spot, as there is no registry. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRootfs } from '../../harness/rootfs.ts'
import type { Host } from './host.ts'

export const IMAGE = 'localhost/busybox:1'

/** @returns a tar of the root file system, for `docker import` and `podman import` */
export const rootfsArchive = async (host: Host): Promise<string> => {
  const rootfs = join(host.directory, 'rootfs')
  mkdirSync(rootfs)
  makeRootfs(rootfs)
  chmodSync(join(rootfs, 'tmp'), 0o1777)
  await host.expect(`tar -C ${rootfs} -cf rootfs.tar .`)
  return join(host.directory, 'rootfs.tar')
}

/** @returns a directory with the image as an OCI layout, tag `busybox` */
export const ociLayout = async (host: Host): Promise<string> => {
  await host.expect(
    `umoci init --layout layout && umoci new --image layout:busybox &&
     umoci unpack --image layout:busybox bundle`,
  )
  makeRootfs(join(host.directory, 'bundle/rootfs'))
  await host.expect(
    `umoci repack --image layout:busybox bundle &&
     umoci config --image layout:busybox --config.cmd sh --config.env PATH=/bin`,
  )
  return join(host.directory, 'layout')
}

/** @returns a tar of the layout whose image has its whole name, for `ctr images import` */
export const ociArchive = async (host: Host): Promise<string> => {
  const layout = await ociLayout(host)
  const index = join(layout, 'index.json')
  writeFileSync(index, readFileSync(index, 'utf8').replaceAll('"busybox"', `"${IMAGE}"`))
  await host.expect(`tar -C ${layout} -cf image.tar .`)
  return join(host.directory, 'image.tar')
}
