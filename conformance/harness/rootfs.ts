/** A root filesystem of one static busybox: 2 MB, made in milliseconds. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

export const BUSYBOX = '/bin/busybox'

const applets =
  'sh true false cat echo ls id env pwd sleep test [ grep sed awk head tail wc stat readlink touch mkdir rm ln ' +
  'mount umount mknod chmod chown kill hostname printf sort tr cut dd ps ip nproc umask seq uname find tty stty ' +
  'sync date expr df nc chroot mkfifo ionice taskset nice renice setsid setpriv unshare nsenter rmdir chgrp od ' +
  'usleep basename cmp cp mv timeout yes tee linux32 blockdev which time'

/** Busybox is linked statically where it has no program interpreter. */
export const hasBusybox = (): boolean =>
  existsSync(BUSYBOX) && !readFileSync(BUSYBOX).subarray(0, 4096).includes('/ld-')

export const makeRootfs = (rootfs: string): void => {
  for (const directory of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc', 'root', 'mnt']) {
    mkdirSync(join(rootfs, directory), { recursive: true })
  }
  copyFileSync(BUSYBOX, join(rootfs, 'bin/busybox'))
  for (const applet of applets.split(' ')) symlinkSync('busybox', join(rootfs, 'bin', applet))
  writeFileSync(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n',
  )
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nuser:x:1000:\n')
}
