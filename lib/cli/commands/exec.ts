import { command } from '../command.ts'
import { unsupported } from '../unsupported.ts'
import { execOptions } from './exec-options.ts'

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
  run: () => unsupported('exec'),
})
