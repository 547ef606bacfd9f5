import { command } from '../command.ts'
import { unsupported } from '../unsupported.ts'

export const psCommand = command({
  describe: "show a container's processes",
  about: 'Options after the container id are for ps(1); without any it is -ef.',
  operands: '<container-id> [ps options]',
  count: [1, Infinity],
  passes: true,
  options: {
    format: { type: 'string', alias: 'f', default: 'table', describe: 'table or json' },
  },
  run: () => unsupported('ps'),
})
