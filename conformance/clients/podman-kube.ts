/** podman as a pod of Kubernetes has it: `podman kube play` of a file. podman-kube-play(1) */
import { join } from 'node:path'
import type { Host, LineOptions } from './harness/host.ts'

/** What mkdir(2) and mkdirat(2) give with it: EPERM. */
const PROFILE = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
}

/** Its time is kept by a timer of systemd. Here it is made by hand: so seldom that no other comes between. */
const probe = `
      livenessProbe:
        exec:
          command: [test, -e, /scratch/alive]
        periodSeconds: 3600
        timeoutSeconds: 60`

const pod = (image: string, { limits, probes }: { limits: boolean; probes: boolean }): string => `
apiVersion: v1
kind: Pod
metadata:
  name: kube
  annotations:
    container.seccomp.security.alpha.kubernetes.io/main: localhost/no-mkdir.json
spec:
  restartPolicy: Never
  volumes:
    - name: scratch
      emptyDir: {}
  containers:
    - name: main
      image: ${image}
      command:
        - sh
        - -c
        - |
          touch /scratch/alive
          id -u; id -g
          grep -E 'CapEff|Seccomp:|NoNewPrivs' /proc/self/status
          touch /x 2>/dev/null || echo read-only
          mkdir /scratch/made 2>/dev/null || echo no mkdir
          echo $A; echo end
          exec sleep 1000
      env:
        - name: A
          value: b
      volumeMounts:
        - name: scratch
          mountPath: /scratch${limits ? '\n      resources: { limits: { memory: 64Mi, cpu: 500m } }' : ''}
      securityContext:
        runAsUser: 0
        runAsGroup: 1000
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]${probes ? probe : ''}
    - name: other
      image: ${image}
      command: [sleep, '1000']
`

const SAID = `0
1000
CapEff:\t0000000000000000
NoNewPrivs:\t1
Seccomp:\t2
read-only
no mkdir
b
end
`

export const kubeSteps = async (host: Host, image: string, as: LineOptions = {}): Promise<void> => {
  const own = join(host.directory, 'kube')
  host.write(join(own, 'no-mkdir.json'), JSON.stringify(PROFILE))
  const asked = { limits: as.user === undefined || host.systemd, probes: host.systemd }
  host.write(join(own, 'pod.yaml'), pod(image, asked))
  await host.step('kube play: user, capabilities, seccomp, read-only root', async () => {
    await host.expect(`podman kube play --seccomp-profile-root ${own} ${own}/pod.yaml`, as)
    await host.until('podman logs kube-main | grep -qx end', 'the log', 20_000, as)
    await host.expect('podman logs kube-main', { ...as, stdout: SAID })
    await host.expect('podman exec kube-other hostname', { ...as, stdout: 'kube\n' })
  })
  if (asked.limits) {
    await host.step('kube play: limits', () =>
      host.expect(
        `podman exec kube-main sh -c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true'`,
        { ...as, stdout: '67108864\n' },
      ),
    )
  }
  if (asked.probes) {
    await host.step('kube play: a probe, which fails in the end', async () => {
      await host.expect('podman healthcheck run kube-main', as)
      await host.expect('podman exec kube-main rm /scratch/alive', as)
      await host.expect('podman healthcheck run kube-main', { ...as, status: 1 })
    })
  }
  await host.step('kube down: nothing of the pod is left', async () => {
    await host.expect(`podman kube down ${own}/pod.yaml`, as)
    await host.expect('podman pod ps --quiet', { ...as, stdout: '' })
  })
}
