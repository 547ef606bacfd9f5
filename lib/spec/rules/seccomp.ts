/** System call filters: what goes together. Pure. seccomp(2) */
import { withAnnotations } from '../annotations.ts'
import { show } from '../problem.ts'
import type { Config, Seccomp, SeccompAction, SeccompRule } from '../types.ts'
import { each, type Report } from './rule.ts'

const base = '/linux/seccomp'

/** SECCOMP_RET_DATA of the kernel has 16 bits. */
const maxErrno = 0xffff

const errno = (
  action: SeccompAction | undefined,
  value: number | undefined,
  pointer: string,
  report: Report,
): void => {
  if (value === undefined || action === undefined) return
  if (action !== 'SCMP_ACT_ERRNO' && action !== 'SCMP_ACT_TRACE') {
    const expected = `no errno with ${action}`
    report({
      pointer,
      expected,
      got: `${value}`,
      hint: 'SCMP_ACT_ERRNO and SCMP_ACT_TRACE return one',
    })
  } else if (value > maxErrno) {
    report({ pointer, expected: `at most ${maxErrno}`, got: `${value}` })
  }
}

const checkNames = (
  names: readonly string[] | undefined,
  action: SeccompAction,
  at: string,
  report: Report,
): void => {
  // A profile has some 400, and hardly ever one that there is something to say about.
  const isReserved = action === 'SCMP_ACT_NOTIFY' && names?.includes('write')
  if (!isReserved && !names?.includes('')) return
  each(names, at, (name, pointer) => {
    if (name === '') report({ pointer, expected: 'a system call', got: '""' })
    if (name === 'write' && isReserved) {
      const hint = `${action} cannot be used for the write syscall: by it the listener is reported`
      report({ pointer, expected: 'another system call', got: show(name), hint })
    }
  })
}

const rule = ({ names, action, errnoRet, args }: SeccompRule, at: string, report: Report): void => {
  errno(action, errnoRet, `${at}/errnoRet`, report)
  checkNames(names, action, `${at}/names`, report)
  each(args, `${at}/args`, ({ index }, pointer) => {
    if (index <= 5) return
    const expected = '0 to 5, a system call has six arguments'
    report({ pointer: `${pointer}/index`, expected, got: show(index) })
  })
}

const listener = ({ listenerPath, listenerMetadata, syscalls }: Seccomp, report: Report): void => {
  if (listenerPath !== undefined && listenerPath !== '') return
  const hint = `set ${base}/listenerPath`
  if (listenerMetadata !== undefined && listenerMetadata !== '') {
    const expected = 'a listenerPath to send it to'
    report({ pointer: `${base}/listenerMetadata`, expected, got: 'none', hint })
  }
  each(syscalls, `${base}/syscalls`, ({ action }, pointer) => {
    if (action !== 'SCMP_ACT_NOTIFY') return
    const expected = 'a listenerPath for SCMP_ACT_NOTIFY'
    report({ pointer: `${pointer}/action`, expected, got: 'none', hint })
  })
}

export const seccomp = (config: Config, report: Report): void => {
  const seccomp = withAnnotations(config).linux?.seccomp
  if (seccomp === undefined) return
  const { defaultAction, defaultErrnoRet, syscalls } = seccomp
  errno(defaultAction, defaultErrnoRet, `${base}/defaultErrnoRet`, report)
  if (defaultAction === 'SCMP_ACT_NOTIFY') {
    report({
      pointer: `${base}/defaultAction`,
      expected: 'another default than SCMP_ACT_NOTIFY',
      got: show(defaultAction),
      hint: 'it would stop the call that sends the listener: list the calls in syscalls',
    })
  }
  each(syscalls, `${base}/syscalls`, (entry, pointer) => rule(entry, pointer, report))
  listener(seccomp, report)
}
