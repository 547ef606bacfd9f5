/** A large filter is a tree: it has to answer what the profile says, each system call by its number. */
import t from 'tap'
import type { Seccomp } from '../../spec/types.ts'
import { libseccomp } from '../../sys/libseccomp.ts'
import { answer, noLibseccomp } from './answer.test-support.ts'
import { compileSeccomp } from './compile.ts'

const NATIVE = { x64: 0xc000003e, arm64: 0xc00000b7 }[process.arch as 'x64' | 'arm64']
const ALLOW = 0x7fff0000
const ERRNO = 0x00050000

/** To a call by number with its first argument. */
const answerTo = (filter: Buffer, number: number, argument: number): number =>
  answer(filter, { number, arch: NATIVE!, pointer: [0, 0], words: [argument] })

const names =
  'read write openat close mmap munmap brk ioctl dup3 getpid socket connect sendto clone execve exit kill fcntl'
    .split(' ')
    .concat(['personality', 'mount', 'umount2', 'reboot', 'ptrace', 'setns', 'unshare', 'bpf'])

const profile = (action: Seccomp['defaultAction'], others: Seccomp['defaultAction']): Seccomp => ({
  defaultAction: others,
  defaultErrnoRet: 38,
  syscalls: [
    { names: names.filter((name) => name !== 'personality'), action, errnoRet: 7 },
    {
      names: ['personality'],
      action,
      errnoRet: 7,
      args: [{ index: 0, value: 8, op: 'SCMP_CMP_EQ' }],
    },
  ],
})

for (const [action, others, named, rest] of [
  ['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO', ALLOW, ERRNO | 38],
  ['SCMP_ACT_ERRNO', 'SCMP_ACT_ALLOW', ERRNO | 7, ALLOW],
] as const) {
  t.test(`${action} for some, ${others} for all others`, { skip: noLibseccomp }, async (t) => {
    const filter = compileSeccomp(profile(action, others), false)
    const numbers = new Map(names.map((name) => [libseccomp().resolveName(name), name]))
    const wrong: string[] = []
    for (let number = 0; number < 600; number++) {
      const name = numbers.get(number)
      for (const argument of [0, 8]) {
        const isNamed = name === 'personality' ? argument === 8 : name !== undefined
        if (answerTo(filter, number, argument) !== (isNamed ? named : rest)) {
          wrong.push(`${number} ${name} ${argument}`)
        }
      }
    }
    t.same(wrong, [])
  })
}

t.test('few rules, and rules that change nothing', { skip: noLibseccomp }, async (t) => {
  const same: Seccomp = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    syscalls: [{ names, action: 'SCMP_ACT_ERRNO', errnoRet: 38 }],
  }
  t.equal(answerTo(compileSeccomp(same, false), 0, 0), ERRNO | 38)
})
