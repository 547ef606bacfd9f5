import { exec } from '../../container/exec/exec.ts'
import { checkPreserved } from '../../container/preserved-fds.ts'
import { usage } from '../argv.ts'
import { command } from '../command.ts'
import { execOptions } from './exec-options.ts'

/** An empty value is one that was not given. */
const given = <K extends string>(key: K, text: string | undefined): { [k in K]?: string } =>
  text === undefined || text === '' ? {} : ({ [key]: text } as { [k in K]?: string })

export const execCommand = command({
  describe: 'run another program in a running container',
  about:
    'What follows the container id is the program and its arguments; with --process there is none.\n' +
    "The exit status is the program's own, or 128 + n when signal n killed it; 255 when tsrun failed.",
  operands: '<container-id> <program> [arguments]',
  count: [1, Infinity],
  passes: true,
  failureStatus: 255,
  options: execOptions,
  run({ place, values, operands: [id = '', ...args] }) {
    const preserveFds = values['preserve-fds']
    if (preserveFds < 0) throw usage(`invalid value "${preserveFds}" for flag -preserve-fds`)
    checkPreserved(preserveFds)
    if (values.cwd && !values.cwd.startsWith('/')) {
      throw usage(`invalid value "${values.cwd}" for flag -cwd: not an absolute path`)
    }
    return exec({
      ...place,
      id,
      args,
      ...given('process', values.process),
      tty: values.tty,
      detach: values.detach,
      ...given('pidFile', values['pid-file']),
      ...given('consoleSocket', values['console-socket']),
      ...given('pidfdSocket', values['pidfd-socket']),
      ...given('user', values.user),
      ...given('cwd', values.cwd),
      env: values.env,
      caps: values.cap,
      ...given('apparmor', values.apparmor),
      ...given('processLabel', values['process-label']),
      noNewPrivileges: values['no-new-privs'],
      additionalGids: values['additional-gids'],
      preserveFds,
      cgroups: values.cgroup,
      ignorePaused: values['ignore-paused'],
    })
  },
})
