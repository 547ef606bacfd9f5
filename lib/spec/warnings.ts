/** What is legal in a config, but hardly meant. Pure; runs in tsrun. Capabilities have their own warnings. */
import { isNewerThanImplemented, specVersion } from './rules/version.ts'
import { namespaceOf } from './rules/namespaces.ts'
import type { Config } from './types.ts'

/** A sentence each, with the pointer of what it is about. */
export const warnings = (config: Config): string[] => {
  const found: string[] = []
  const { ociVersion, mounts = [], linux = {} } = config
  if (isNewerThanImplemented(ociVersion)) {
    found.push(`/ociVersion: ${ociVersion} is newer than ${specVersion}: what it added is ignored`)
  }
  mounts.forEach(({ destination }, i) => {
    if (destination.startsWith('/')) return
    found.push(`/mounts/${i}/destination: "${destination}" is relative, it is taken from the root`)
  })
  for (const name of ['uidMappings', 'gidMappings'] as const) {
    if (linux[name]?.length && namespaceOf(config, 'user') === undefined) {
      found.push(`/linux/${name}: there is no user namespace, the mappings are ignored`)
    }
  }
  if (linux.cgroupsPath?.split('/').includes('..')) {
    found.push(`/linux/cgroupsPath: ".." in "${linux.cgroupsPath}" does not lead out of the root`)
  }
  const nodes = new Map<string, string>()
  linux.devices?.forEach(({ type, major = 0, minor = 0, path }, i) => {
    const device = `${type} ${major}:${minor}`
    const before = nodes.get(device)
    nodes.set(device, path)
    if (type === 'p' || before === undefined || before === path) return
    found.push(`/linux/devices/${i}: ${path} is the same device as ${before}`)
  })
  return found
}
