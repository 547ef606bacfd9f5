/** What is shortened answers as before: to every number, for each architecture, whatever the arguments. */
import t from 'tap'
import type { Seccomp } from '../../spec/types.ts'
import { libseccomp } from '../../sys/libseccomp.ts'
import { answer, noLibseccomp, type Data } from './answer.test-support.ts'
import { compileInFull } from './compile.ts'
import { assemble } from './instruction.ts'
import { shorten } from './shorten.ts'

const X86_64 = 0xc000003e
const I386 = 0x40000003
const X32 = 0x40000000

type Line = readonly [code: number, yes: number, no: number, k: number]

const program = (lines: readonly Line[]): Buffer =>
  assemble(lines.map(([code, yes, no, k]) => ({ code, yes, no, k })))

const [ALLOW, ERRNO, KILL] = [0x7fff0000, 0x50001, 0]
const arch: Line = [0x20, 0, 0, 4]
const number: Line = [0x20, 0, 0, 0]
const ret = (value: number): Line => [0x06, 0, 0, value]

/** One comparison for each number that is allowed, as libseccomp has it without a tree. */
const chain = (allowed: readonly number[]): readonly Line[] => [
  number,
  ...allowed.map((each, i): Line => [0x15, allowed.length - i, 0, each]),
  ret(ERRNO),
  ret(ALLOW),
]

/** With all numbers that the program names, those beside them, and both ends. */
const interesting = (filter: Buffer): readonly number[] => {
  const all = new Set([0, 0xffff_ffff])
  for (let at = 0; at < filter.length; at += 8) {
    const k = filter.readUInt32LE(at + 4)
    for (const each of [k - 1, k, k + 1]) if (each >= 0 && each <= 0xffff_ffff) all.add(each)
  }
  return [...all]
}

const differences = (
  before: Buffer,
  after: Buffer,
  numbers: readonly number[],
  rest: readonly number[] = [],
): readonly string[] => {
  const wrong: string[] = []
  for (const arch of [X86_64, I386, 0xc00000b7, 0, 1, 0xffff_ffff]) {
    for (const number of numbers) {
      for (const argument of [0, 1, ...rest]) {
        const data: Data = { number, arch, pointer: [argument, 5], words: Array(12).fill(argument) }
        const [was, is] = [answer(before, data), answer(after, data)]
        if (was !== is) wrong.push(`${arch} ${number} ${argument}: ${was} → ${is}`)
      }
    }
  }
  return wrong
}

t.test('a chain of comparisons', async (t) => {
  const allowed = [...Array(200).keys()].map((i) => i + Math.floor(i / 20))
  const filter = program([arch, [0x15, 1, 0, X86_64], ret(KILL), ...chain(allowed)])
  const short = shorten(filter, [X86_64])
  t.same(differences(filter, short, [...Array(300).keys(), ...interesting(filter)]), [])
  t.ok(short.length < filter.length / 8, `${short.length / 8} of ${filter.length / 8} instructions`)
  t.equal(shorten(short, [X86_64]).length, short.length, 'it cannot be shortened again')
})

t.test('what changes from each number to the next: jumps have to go far', async (t) => {
  const allowed = [...Array(240).keys()].map((i) => 2 * i)
  const filter = program([arch, [0x15, 1, 0, X86_64], ret(KILL), ...chain(allowed)])
  const numbers = [...Array(600).keys()]
  t.same(differences(filter, shorten(filter, [X86_64]), numbers), [])
  // Each answer is another one: nothing can be shared, and nothing is gained.
  const errors = numbers.flatMap((each): Line[] => [[0x15, 0, 1, each], ret(0x50000 | each)])
  const various = program([arch, number, ...errors, ret(ALLOW)])
  t.same(differences(various, shorten(various, [X86_64]), numbers), [])
})

t.test('arguments are looked at as before', async (t) => {
  const looks: readonly Line[] = [
    [0x15, 0, 4, 135],
    [0x20, 0, 0, 16],
    [0x54, 0, 0, 0xff],
    [0x15, 0, 1, 8],
    ret(ALLOW),
    ret(ERRNO),
  ]
  const others = [...Array(60).keys()].map((i): Line => [0x15, 0, 0, 1000 + i])
  const filter = program([number, ...others, ...looks])
  const short = shorten(filter, [X86_64])
  t.ok(short.length < filter.length)
  t.same(differences(filter, short, [...Array(300).keys(), ...interesting(filter)], [8, 0x108]), [])
})

for (const [why, lines] of [
  ['an architecture that nobody named', [arch, [0x15, 0, 1, I386], ret(KILL), ret(ALLOW)]],
  ['arithmetic on the number', [number, [0x54, 0, 0, 1], [0x15, 0, 1, 1], ret(KILL), ret(ALLOW)]],
  ['a jump out of it', [number, [0x15, 9, 0, 1], ret(ALLOW)]],
  ['no answer', [number]],
] as const) {
  t.test(`${why}: it stays as it is`, async (t) => {
    const filter = program(lines)
    t.equal(shorten(filter, [X86_64]), filter)
  })
}

/** Names by their numbers here; of what an engine's profile has, with arguments as there. */
const profile = (): Seccomp => {
  const { resolveName } = libseccomp()
  const names = readableNames.filter((name) => resolveName(name) >= 0)
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    syscalls: [
      { names, action: 'SCMP_ACT_ALLOW' },
      ...[0, 8, 131072, 131080, 4294967295].map((value) => ({
        names: ['personality'],
        action: 'SCMP_ACT_ALLOW' as const,
        args: [{ index: 0, value, op: 'SCMP_CMP_EQ' as const }],
      })),
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 2114060288, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    ],
  }
}

const readableNames = (
  'accept accept4 access alarm bind brk capget capset chdir chmod chown close connect copy_file_range creat dup dup2 ' +
  'dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd eventfd2 execve execveat exit exit_group ' +
  'faccessat fadvise64 fallocate fchdir fchmod fchmodat fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork ' +
  'fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex getcpu getcwd getdents getdents64 getegid geteuid getgid ' +
  'getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit ' +
  'getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch ioctl kill lchown link ' +
  'linkat listen lseek lstat madvise mkdir mmap mprotect mremap munmap nanosleep newfstatat open openat pause pipe pipe2 ' +
  'poll ppoll prctl pread64 preadv prlimit64 pselect6 pwrite64 read readlink readv recvfrom recvmsg rename rmdir ' +
  'rt_sigaction rt_sigprocmask rt_sigreturn select sendmsg sendto setgid setgroups setuid socket stat statfs statx ' +
  'symlink sync sysinfo tgkill time times umask uname unlink unlinkat utimensat vfork wait4 waitid write writev'
).split(' ')

t.test('of a profile as engines have it', { skip: noLibseccomp }, async (t) => {
  for (const seccomp of [
    profile(),
    { ...profile(), defaultAction: 'SCMP_ACT_KILL_PROCESS' as const },
  ]) {
    const { filter: before, archs } = compileInFull(seccomp, false)
    const after = shorten(before, archs)
    const numbers = [...Array(600).keys()].flatMap((i) => [i, X32 + i])
    const args = [8, 131072, 0xffff_ffff, 0x7e02_0000]
    t.same(differences(before, after, [...numbers, ...interesting(before)], args), [])
    t.ok(
      after.length < before.length * 0.75,
      `${after.length / 8} of ${before.length / 8} instructions`,
    )
  }
})
