/** System call numbers, for calls that go through syscall(2) and for the stub. */

/** Of x86-64 and of arm64; from 424 on all architectures count alike. */
export type Numbers = readonly [x64: number, arm64: number]

const table = {
  accept4: [288, 242],
  bind: [49, 200],
  bpf: [321, 280],
  capset: [126, 91],
  chdir: [80, 49],
  chroot: [161, 51],
  clone3: [435, 435],
  close: [3, 57],
  close_range: [436, 436],
  connect: [42, 203],
  dup3: [292, 24],
  execve: [59, 221],
  exit_group: [231, 94],
  faccessat: [269, 48],
  fchdir: [81, 50],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchownat: [260, 54],
  fcntl: [72, 25],
  fsconfig: [431, 431],
  fsetxattr: [190, 7],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  fstatfs: [138, 44],
  getcwd: [79, 17],
  getdents64: [217, 61],
  getpid: [39, 172],
  ioctl: [16, 29],
  ioprio_set: [251, 30],
  keyctl: [250, 219],
  lseek: [8, 62],
  memfd_create: [319, 279],
  mkdirat: [258, 34],
  mknodat: [259, 33],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  open_tree: [428, 428],
  openat: [257, 56],
  openat2: [437, 437],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  pivot_root: [155, 41],
  ppoll: [271, 73],
  prctl: [157, 167],
  pread64: [17, 67],
  prlimit64: [302, 261],
  read: [0, 63],
  readlinkat: [267, 78],
  recvfrom: [45, 207],
  recvmsg: [47, 212],
  rt_sigaction: [13, 134],
  sched_setaffinity: [203, 122],
  sched_setattr: [314, 274],
  seccomp: [317, 277],
  sendfile: [40, 71],
  sendmsg: [46, 211],
  sendto: [44, 206],
  set_mempolicy: [238, 237],
  setdomainname: [171, 162],
  setgroups: [116, 159],
  sethostname: [170, 161],
  setns: [308, 268],
  setresgid: [119, 149],
  setresuid: [117, 147],
  setsid: [112, 157],
  setsockopt: [54, 208],
  socket: [41, 198],
  socketpair: [53, 199],
  statx: [332, 291],
  symlinkat: [266, 36],
  umask: [95, 166],
  umount2: [166, 39],
  uname: [63, 160],
  unlinkat: [263, 35],
  unshare: [272, 97],
  write: [1, 64],
} as const satisfies Record<string, Numbers>

export type SyscallName = keyof typeof table

export type Architecture = 'x64' | 'arm64'

const here: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64'

/** Whether the table has a call of this name. */
export const isSyscall = (name: string): name is SyscallName => Object.hasOwn(table, name)

export const numbersOf = (name: SyscallName): Numbers => table[name]

export const numberOf = (name: SyscallName, arch: Architecture = here): number =>
  table[name][arch === 'x64' ? 0 : 1]
