/** What a pod's `securityContext` asks for, and what its containers have then. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../harness/host.ts'
import { equal } from './equal.ts'
import { CONTAINER, DEFAULT, LOCALHOST, NODE, POD, UNCONFINED } from './messages.ts'
import { output, Pod } from './pod.ts'
import type { Value } from './protobuf.ts'

const STAY = ['sleep', '1000']

/** Starts a container with that context. @returns what a script says in it */
const ask = async (pod: Pod, name: string, context: Value, script: string): Promise<string> =>
  output(await pod.start(name, STAY, { linux: { security_context: context } }), script)

/** What lies on /proc: `what it is, whether it is read-only`. */
const ON_PROC = `sed -n 's,.* \\(/proc/[^ ]*\\) \\(r[ow]\\).*,\\1 \\2,p' /proc/self/mountinfo | sort`

const contexts = async (host: Host): Promise<void> => {
  let pod: Pod | undefined
  await host.step('a pod of containers with contexts', async () => {
    pod = await Pod.run(host, 'contexts')
  })
  if (pod === undefined) return
  const own = pod
  await host.step('runAsUser, runAsGroup, supplementalGroups', async () => {
    const context = {
      run_as_user: { value: 1000 },
      run_as_group: { value: 2000 },
      supplemental_groups: [3000, 4000],
    }
    const ids = await ask(own, 'users', context, 'id -u; id -g; id -G')
    equal(ids, '1000\n2000\n2000 3000 4000\n', 'ids')
  })
  await host.step('capabilities: all dropped but one', async () => {
    const capabilities = { add_capabilities: ['NET_RAW'], drop_capabilities: ['ALL'] }
    const line = 'grep CapEff /proc/self/status'
    equal(await ask(own, 'drops', { capabilities }, line), 'CapEff:\t0000000000002000\n', 'set')
  })
  await host.step('masked and read-only paths: those that are named, and no others', async () => {
    const context = { masked_paths: ['/proc/interrupts'], readonly_paths: ['/proc/irq'] }
    equal(
      await ask(own, 'paths', context, `${ON_PROC}; wc -c < /proc/interrupts`),
      '/proc/interrupts rw\n/proc/irq ro\n0\n',
      'mounts',
    )
  })
  await host.step('a seccomp profile of the host, the default one, none', async () => {
    const path = join(host.directory, 'no-mkdir.json')
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }
    host.write(path, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }))
    const line = 'grep Seccomp: /proc/self/status; mkdir /tmp/x 2>&1'
    const local = { seccomp: { profile_type: LOCALHOST, localhost_ref: path } }
    equal(
      await ask(own, 'local', local, line),
      `Seccomp:\t2\nmkdir: can't create directory '/tmp/x': Operation not supported\n`,
      'localhost',
    )
    const usual = { seccomp: { profile_type: DEFAULT } }
    equal(await ask(own, 'usual', usual, line), 'Seccomp:\t2\n', 'default')
    const free = { seccomp: { profile_type: UNCONFINED } }
    equal(await ask(own, 'free', free, line), 'Seccomp:\t0\n', 'unconfined')
  })
  await appArmor(host, own)
  await host.step('the pod of contexts is removed', own.remove.bind(own))
}

const PROFILE = `profile tsrun-client flags=(attach_disconnected,mediate_deleted) {
  file, capability, network, signal, umount, mount, pivot_root, ptrace,
  deny /secret rw,
}
`

const appArmor = async (host: Host, pod: Pod): Promise<void> => {
  const name = 'an AppArmor profile of the host'
  const enabled = '/sys/module/apparmor/parameters/enabled'
  if (!existsSync(enabled) || readFileSync(enabled, 'utf8') !== 'Y\n') {
    host.skip(name, 'this kernel has no AppArmor')
    return
  }
  await host.step(name, async () => {
    host.write(join(host.directory, 'profile'), PROFILE)
    await host.expect('apparmor_parser --replace --skip-cache profile')
    const context = { apparmor: { profile_type: LOCALHOST, localhost_ref: 'tsrun-client' } }
    equal(
      await ask(
        pod,
        'armed',
        context,
        'cat /proc/self/attr/current; echo x > /secret || echo denied',
      ),
      'tsrun-client (enforce)\ndenied\n',
      'profile',
    )
  })
}

/** As the enclosure has it, which is the host here. */
const namespace = (name: string): string => readlinkSync(`/proc/self/ns/${name}`)

const sharing = async (host: Host): Promise<void> => {
  await host.step('a privileged pod', async () => {
    const pod = await Pod.run(host, 'privileged', NODE, { security: { privileged: true } })
    const lines = `${ON_PROC}; grep Seccomp: /proc/self/status; mount -t tmpfs x /mnt && echo mounted; test -w /sys/kernel && test -e /dev/kmsg && echo all`
    equal(
      await ask(pod, 'all', { privileged: true }, lines),
      'Seccomp:\t0\nmounted\nall\n',
      'what it may',
    )
    await pod.remove()
  })
  await host.step('hostPID, hostIPC, hostNetwork', async () => {
    const pod = await Pod.run(host, 'host', NODE, { pid: NODE, ipc: NODE })
    const options = { namespace_options: { network: NODE, pid: NODE, ipc: NODE } }
    const lines = 'for n in pid ipc net; do readlink /proc/self/ns/$n; done'
    equal(
      await ask(pod, 'all', options, lines),
      ['pid', 'ipc', 'net'].map((name) => `${namespace(name)}\n`).join(''),
      'namespaces',
    )
    await pod.remove()
  })
  await host.step('containers that share the pod’s processes', async () => {
    const pod = await Pod.run(host, 'processes', NODE, { pid: POD })
    const shared = { namespace_options: { network: NODE, pid: POD, ipc: POD } }
    await pod.start('one', ['sleep', '1001'], { linux: { security_context: shared } })
    const line = 'ps -o args | grep -c "^sleep 100"'
    equal(await ask(pod, 'two', shared, line), '3\n', 'sleeping')
    const alone = { namespace_options: { network: NODE, pid: CONTAINER, ipc: POD } }
    equal(await ask(pod, 'three', alone, line), '1\n', 'sleeping, of one with its own')
    await pod.remove()
  })
  await host.step('sysctls', async () => {
    const sysctls = { 'net.ipv4.ip_unprivileged_port_start': '81', 'kernel.shm_rmid_forced': '1' }
    const pod = await Pod.run(host, 'sysctls', POD, { sysctls })
    const files = Object.keys(sysctls).map((name) => `/proc/sys/${name.replaceAll('.', '/')}`)
    const options = { namespace_options: { network: POD, pid: CONTAINER, ipc: POD } }
    equal(await ask(pod, 'reads', options, `cat ${files.join(' ')}`), '81\n1\n', 'sysctls')
    await pod.remove()
  })
}

export const securitySteps = async (host: Host): Promise<void> => {
  await contexts(host)
  await sharing(host)
}
