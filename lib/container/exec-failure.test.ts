import { EACCES, EISDIR, ENOENT, ENOTDIR } from '../sys/errno.ts'
import { describe } from '../failure.ts'
import type { StubRecord } from '../stub/table.ts'
import { execFailure, explainExec } from './exec-failure.ts'
import type { DescribedCall } from './state.ts'
import t from 'tap'

const setup: DescribedCall = { call: 'capset', doing: 'set capabilities' }
const exec = (path: string): DescribedCall => ({ call: 'execve', doing: `exec "${path}"` })
const exit: DescribedCall = { call: 'exit_group', doing: 'exit' }

/** Two places to search, after one other call. */
const searched = { program: 'x', calls: [setup, exec('/a/x'), exec('/b/x'), exit] }
const direct = { program: '/a/x', calls: [setup, exec('/a/x'), exit] }
const at = (index: number, errno: number): StubRecord => ({ index, errno })
const ENOEXEC = 8

t.test('no record, or one of an earlier candidate, is a start', async (t) => {
  t.equal(execFailure([], direct), undefined)
  t.equal(execFailure([at(1, ENOENT)], searched), undefined)
})

t.test('failures have the wording and the status that callers look for', async (t) => {
  for (const [records, container, message, exitStatus] of [
    [
      [at(1, ENOENT), at(2, ENOENT)],
      searched,
      'exec: "x": executable file not found in $PATH',
      127,
    ],
    [[at(1, EACCES), at(2, ENOENT)], searched, 'exec: "x": permission denied', 126],
    [[at(1, ENOENT)], direct, 'exec: "/a/x": stat /a/x: no such file or directory', 127],
    [[at(1, ENOTDIR)], direct, 'exec: "/a/x": stat /a/x: no such file or directory', 127],
    [[at(1, EACCES)], direct, 'exec: "/a/x": permission denied', 126],
    [[at(1, ENOEXEC)], direct, /^exec: "\/a\/x": execve\(2\) ENOEXEC/, 126],
    [[at(1, ENOEXEC)], searched, /^exec: "x": execve\(2\) ENOEXEC/, 126],
  ] as const) {
    const failure = execFailure(records, container)
    t.match(describe(failure), message)
    t.equal(failure?.exitStatus, exitStatus)
  }
})

t.test('a directory is no program', async (t) => {
  for (const [program, number, message, exitStatus] of [
    ['/etc', EISDIR, 'exec: "/etc": is a directory: permission denied', 126],
    ['etc', EISDIR, 'exec: "etc": executable file not found in $PATH', 127],
    ['', EACCES, 'exec: "": executable file not found in $PATH', 127],
  ] as const) {
    const failure = explainExec(program, number, 'execve()')
    t.match(describe(failure), message)
    t.equal(failure.exitStatus, exitStatus)
  }
})

t.test('another call that failed is told as itself', async (t) => {
  t.match(describe(execFailure([at(0, 1)], direct)), /^set capabilities: capset\(2\) EPERM/)
})
