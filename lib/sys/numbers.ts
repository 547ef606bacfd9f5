/** System call numbers, for calls that go through syscall(2) and for the stub. */

/** name: [x86-64, arm64]; from 424 on all architectures count alike. */
const table = {
  accept4: [288, 242],
  bpf: [321, 280],
  capget: [125, 90],
  capset: [126, 91],
  chdir: [80, 49],
  clone3: [435, 435],
  close: [3, 57],
  close_range: [436, 436],
  execve: [59, 221],
  execveat: [322, 281],
  exit_group: [231, 94],
  fcntl: [72, 25],
  fchmodat2: [452, 452],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  futex: [202, 98],
  getcwd: [79, 17],
  getdents64: [217, 61],
  ioprio_set: [251, 30],
  keyctl: [250, 219],
  memfd_create: [319, 279],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  openat: [257, 56],
  openat2: [437, 437],
  open_tree: [428, 428],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  pivot_root: [155, 41],
  prctl: [157, 167],
  prlimit64: [302, 261],
  read: [0, 63],
  recvfrom: [45, 207],
  restart_syscall: [219, 128],
  rt_sigaction: [13, 134],
  sched_setattr: [314, 274],
  seccomp: [317, 277],
  sendto: [44, 206],
  set_mempolicy: [238, 237],
  chroot: [161, 51],
  fchdir: [81, 50],
  setns: [308, 268],
  setsockopt: [54, 208],
  socket: [41, 198],
  setgid: [106, 144],
  setgroups: [116, 159],
  setresgid: [119, 149],
  setresuid: [117, 147],
  setuid: [105, 146],
  umask: [95, 166],
  write: [1, 64],
} as const satisfies Record<string, readonly [x64: number, arm64: number]>

export type SyscallName = keyof typeof table

export type Architecture = 'x64' | 'arm64'

const here: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64'

export const numberOf = (name: SyscallName, arch: Architecture = here): number =>
  table[name][arch === 'x64' ? 0 : 1]
