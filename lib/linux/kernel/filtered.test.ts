import t from 'tap'
import { filterHint } from './filtered.ts'

const hint = (name: string): string =>
  `this Linux has ${name}(2): the seccomp filter that tsrun itself runs under has to allow it`

for (const [syscall, code, running, mode, expected] of [
  ['openat2', 'ENOSYS', '6.1.0', 2, hint('openat2')],
  ['openat2', 'EPERM', '6.1.0', 2, hint('openat2')],
  ['posix_spawn', 'EPERM', '6.1.0', 2, hint('clone3')],
  ['openat2', 'ENOSYS', '5.5.0', 2, undefined],
  ['openat2', 'ENOSYS', '6.1.0', 0, undefined],
  ['openat2', 'EACCES', '6.1.0', 2, undefined],
  ['mount', 'EPERM', '6.1.0', 2, undefined],
  [undefined, undefined, '6.1.0', 2, undefined],
] as const) {
  const status = `NoNewPrivs:\t0\nSeccomp:\t${mode}\nSeccomp_filters:\t1\n`
  const name = `${syscall} ${code}, Linux ${running}, mode ${mode}`
  t.equal(filterHint({ message: 'x', syscall, code }, running, status), expected, name)
}
