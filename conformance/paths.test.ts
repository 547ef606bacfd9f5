/** config-linux.md#masked-paths, #readonly-paths, #sysctl. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

conform('a masked file', (t, box) => {
  writeFileSync(join(box.rootfs, 'etc/secret'), 'text')
  box.config.linux['maskedPaths'] = ['/etc/secret', '/proc/kcore', '/no/such/path']
  const { status, stdout, stderr } = box.sh('cat /etc/secret')
  t.equal(stdout, '', stderr)
  t.equal(status, 0)
  t.equal(readFileSync(join(box.rootfs, 'etc/secret'), 'utf8'), 'text')
})

conform('a masked directory', (t, box) => {
  mkdirSync(join(box.rootfs, 'secret'))
  writeFileSync(join(box.rootfs, 'secret/file'), 'text')
  box.config.linux['maskedPaths'] = ['/secret']
  const { stdout } = box.sh('ls -A /secret; touch /secret/x 2>/dev/null && echo written')
  t.equal(stdout, '')
})

conform('writing to a masked file has no effect on it', (t, box) => {
  writeFileSync(join(box.rootfs, 'etc/secret'), 'text')
  box.config.linux['maskedPaths'] = ['/etc/secret']
  box.sh('echo x > /etc/secret')
  t.equal(readFileSync(join(box.rootfs, 'etc/secret'), 'utf8'), 'text')
})

conform('readonly paths', (t, box) => {
  mkdirSync(join(box.rootfs, 'fixed'))
  writeFileSync(join(box.rootfs, 'etc/fixed'), 'text')
  box.config.linux['readonlyPaths'] = ['/fixed', '/etc/fixed', '/proc/sys', '/no/such/path']
  const { stdout, stderr } = box.sh(
    'for f in /fixed/x /etc/fixed /proc/sys/kernel/hostname; do (echo x > $f) 2>/dev/null && echo written $f; done; cat /etc/fixed',
  )
  t.equal(stdout, 'text', stderr)
})

conform('more paths than descriptors may be open', (t, box) => {
  const paths = Array.from({ length: 200 }, (_, i) => `/many/${i}`)
  mkdirSync(join(box.rootfs, 'many'))
  paths.forEach((path, i) => {
    if (i % 2 === 0) mkdirSync(join(box.rootfs, path))
    else writeFileSync(join(box.rootfs, path), 'text')
  })
  const wrap = ['/bin/sh', '-c', 'ulimit -n 100; exec "$@"', 'sh']
  box.config.linux['maskedPaths'] = paths
  const masked = box.sh('cat /many/*[13579]; stat -c %d /many/*[02468] | sort -u | wc -l', { wrap })
  t.match(masked, { status: 0, stdout: /^\d+\n$/ })
  box.config.linux['maskedPaths'] = []
  box.config.linux['readonlyPaths'] = paths
  const script =
    'for f in /many/*[13579]; do (echo x > $f) 2>/dev/null && echo written $f; done; true'
  t.match(box.sh(script, { wrap }), { status: 0, stdout: '' })
})

conform(
  'masked directories are one empty file system',
  (t, box) => {
    const paths = Array.from({ length: 100 }, (_, i) => `/many/${i}`)
    for (const path of paths) mkdirSync(join(box.rootfs, path), { recursive: true })
    box.config.linux['maskedPaths'] = paths
    t.equal(box.sh('stat -c %d /many/* | sort -u | wc -l').stdout, '1\n')
  },
  { differs: { runc: '1.1 has one for each', crun: '1.8 has one for each' } },
)

conform('masked and readonly at once', (t, box) => {
  box.config.linux['maskedPaths'] = [
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/timer_list',
    '/sys/firmware',
    '/proc/scsi',
  ]
  box.config.linux['readonlyPaths'] = [
    '/proc/bus',
    '/proc/fs',
    '/proc/irq',
    '/proc/sys',
    '/proc/sysrq-trigger',
  ]
  t.equal(box.sh('true').status, 0)
})

conform('sysctl', (t, box) => {
  box.config.linux['sysctl'] = {
    'kernel.shmmax': '12345',
    'net.ipv4.ip_forward': '1',
    'fs.mqueue.msg_max': '7',
    'kernel/msgmax': '4321',
  }
  const host = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8')
  const { status, stdout, stderr } = box.sh(
    'cat /proc/sys/kernel/shmmax /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/msg_max',
  )
  if (status !== 0) {
    delete (box.config.linux['sysctl'] as Record<string, string>)['kernel/msgmax']
    t.comment('slashes are refused')
    t.equal(
      box.sh(
        'cat /proc/sys/kernel/shmmax /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/msg_max',
      ).stdout,
      '12345\n1\n7\n',
    )
  } else {
    t.equal(stdout, '12345\n1\n7\n', stderr)
  }
  t.equal(readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8'), host, 'the host’s is not changed')
})

conform('a sysctl with a readonly /proc/sys', (t, box) => {
  box.config.linux['sysctl'] = { 'kernel.shmmax': '12345' }
  box.config.linux['readonlyPaths'] = ['/proc/sys']
  t.equal(box.sh('cat /proc/sys/kernel/shmmax').stdout, '12345\n')
})

for (const name of ['net.no.such', 'kernel.no_such', 'net.../../kernel.panic', 'vm.swappiness']) {
  conform(`refused: sysctl ${name}`, (t, box) => {
    box.config.linux['sysctl'] = { [name]: '1' }
    t.not(box.create().status, 0)
    t.equal(box.stateNow(), undefined)
  })
}

conform('refused: a value the kernel refuses', (t, box) => {
  box.config.linux['sysctl'] = { 'net.ipv4.ip_forward': 'many' }
  t.not(box.create().status, 0)
})

conform(
  'readonlyPaths: the root itself',
  (t, box) => {
    box.config.linux['readonlyPaths'] = ['/']
    const { stdout } = box.sh(
      'touch /x 2>/dev/null && echo written; touch /dev/shm/x && echo below',
    )
    t.equal(stdout, 'below\n')
  },
  { differs: { crun: '1.8 mounts over it, which nobody sees' } },
)
