/** The clients that are tried, in this order. */
import { buildah } from './buildah.ts'
import { containerd } from './containerd.ts'
import { cri } from './cri/cri.ts'
import { docker } from './docker.ts'
import { firstContainer } from './first-container.ts'
import { podman } from './podman.ts'
import { podmanRootless } from './podman-rootless.ts'
import { umoci } from './umoci.ts'
import type { Client } from './harness/client.ts'

export const clients: readonly Client[] = [
  umoci,
  containerd,
  cri,
  docker,
  podman,
  podmanRootless,
  buildah,
  firstContainer,
]
