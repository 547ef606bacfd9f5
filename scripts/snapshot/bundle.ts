/** What the program runs while its snapshot is made: ordinary containers, of the host's own /usr. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultConfig } from '../../lib/spec/default.ts'
import type { Config, Process, Seccomp } from '../../lib/spec/types.ts'

const env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin']
const usr = {
  destination: '/usr',
  type: 'bind',
  source: '/usr',
  options: ['rbind', 'ro', 'nosuid', 'nodev'],
}
const seccomp: Seccomp = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  syscalls: [{ names: ['reboot', 'kexec_load'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
}

/** With what engines like to ask for. */
const configFor = (args: string[], withSeccomp: boolean): Config => {
  const config = defaultConfig({ cgroupNamespace: true })
  return {
    ...config,
    hostname: 'warm',
    root: { path: 'rootfs' },
    process: { ...config.process!, terminal: false, args, env },
    mounts: [...config.mounts!, usr],
    annotations: { 'org.example.key': 'value' },
    linux: {
      ...config.linux,
      resources: {
        ...config.linux!.resources,
        memory: { limit: 67_108_864 },
        cpu: { shares: 512, quota: 50_000, period: 100_000 },
        pids: { limit: 100 },
      },
      ...(withSeccomp && { seccomp }),
    },
  }
}

const writeBundle = (bundle: string, config: Config): void => {
  const rootfs = join(bundle, 'rootfs')
  for (const name of ['usr', 'proc', 'dev', 'sys'])
    mkdirSync(join(rootfs, name), { recursive: true })
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(rootfs, name))
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config, undefined, 2))
}

/** Fills `directory` with what `lib/cli/snapshot.ts` names. */
export const writeBundles = (directory: string): void => {
  writeBundle(join(directory, 'once'), configFor(['/bin/true'], false))
  writeBundle(join(directory, 'stays'), configFor(['/bin/sleep', '60'], true))
  const entering: Process = { args: ['/bin/true'], cwd: '/', env, user: { uid: 0, gid: 0 } }
  writeFileSync(join(directory, 'process.json'), JSON.stringify(entering))
}
