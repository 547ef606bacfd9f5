/** docs/annotations.md: annotations that crun gave a meaning, for the runtimes that say they know them. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { runtime } from './harness/box.ts'

const knows = (): boolean => {
  const { status, stdout } = spawnSync(runtime, ['features'], { encoding: 'utf8' })
  return status === 0 && /"run\.oci\."/.test(stdout)
}

const skip = !knows() && 'the runtime says nothing of run.oci.'

conform(
  'run.oci.keep_original_groups',
  (t, box) => {
    box.config['annotations'] = { 'run.oci.keep_original_groups': '1' }
    const wrap = ['setpriv', '--groups', '4,27', '--']
    t.equal(box.sh('grep ^Groups /proc/self/status', { wrap }).stdout.trim(), 'Groups:\t4 27')
    box.delete('--force')
    delete box.config['annotations']
    t.equal(box.sh('grep ^Groups /proc/self/status', { wrap }).stdout.trim(), 'Groups:')
  },
  { skip: skip || (spawnSync('setpriv', ['--version']).status !== 0 && 'needs setpriv(1)') },
)

const instruction = (code: number, jt: number, jf: number, k: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(jt, 2)
  bytes.writeUInt8(jf, 3)
  bytes.writeUInt32LE(k >>> 0, 4)
  return bytes
}

/** `sethostname(2)` fails with errno 99; everything else is allowed. */
const filter = Buffer.concat([
  instruction(0x20, 0, 0, 0),
  instruction(0x15, 0, 1, process.arch === 'arm64' ? 161 : 170),
  instruction(0x06, 0, 0, 0x00050000 | 99),
  instruction(0x06, 0, 0, 0x7fff0000),
])

conform(
  'run.oci.seccomp_bpf_data',
  (t, box) => {
    box.config.process['noNewPrivileges'] = true
    box.config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] }
    box.config['annotations'] = { 'run.oci.seccomp_bpf_data': filter.toString('base64') }
    const { stdout } = box.sh('grep Seccomp: /proc/self/status; hostname new 2>&1; true')
    t.match(stdout, 'Seccomp:\t2')
    t.match(stdout, 'Cannot assign requested address', 'errno 99')
  },
  { skip },
)

conform(
  'run.oci.seccomp_fail_unknown_syscall',
  (t, box) => {
    const syscalls = [{ names: ['no_such_call'], action: 'SCMP_ACT_ERRNO' }]
    box.config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW', syscalls }
    t.equal(box.run().status, 0, 'left out')
    box.config['annotations'] = { 'run.oci.seccomp_fail_unknown_syscall': '1' }
    const { status, stderr } = box.run()
    t.equal(status, 1)
    t.match(stderr, 'no_such_call')
  },
  { skip },
)

conform(
  'run.oci.handler',
  (t, box) => {
    box.config['annotations'] = { 'run.oci.handler': 'no-such-handler' }
    t.equal(box.run().status, 1, 'nothing else runs in its place')
  },
  { skip },
)

conform(
  'run.oci.hooks.stdout and .stderr: what hooks of all points say is appended to the files',
  (t, box) => {
    const [out, err] = [join(box.directory, 'hooks.out'), join(box.directory, 'hooks.err')]
    writeFileSync(out, 'before\n')
    box.config['annotations'] = { 'run.oci.hooks.stdout': out, 'run.oci.hooks.stderr': err }
    const says = (point: string) => [
      { path: '/bin/sh', args: ['sh', '-c', `echo ${point}; echo ${point}-err >&2`] },
    ]
    const points = ['createRuntime', 'startContainer', 'poststart', 'poststop']
    box.config['hooks'] = Object.fromEntries(points.map((point) => [point, says(point)]))
    t.match(box.run(), { status: 0, stdout: '', stderr: '' })
    t.equal(readFileSync(out, 'utf8'), `before\n${points.join('\n')}\n`)
    t.equal(readFileSync(err, 'utf8'), `${points.join('-err\n')}-err\n`)
  },
  { skip },
)

conform(
  'run.oci.hooks.stderr: a hook that fails has said so in the file',
  (t, box) => {
    const err = join(box.directory, 'hooks.err')
    box.config['annotations'] = { 'run.oci.hooks.stderr': err }
    const args = ['sh', '-c', 'echo trouble >&2; exit 4']
    box.config['hooks'] = { createRuntime: [{ path: '/bin/sh', args }] }
    t.not(box.run().status, 0)
    t.equal(box.stateNow(), undefined)
    t.equal(readFileSync(err, 'utf8'), 'trouble\n')
  },
  { skip },
)
