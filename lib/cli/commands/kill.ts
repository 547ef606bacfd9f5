import { kill } from '../../container/kill.ts'
import { command } from '../command.ts'
import { parseSignal } from '../signal.ts'

export const killCommand = command({
  describe: "send a signal (default: SIGTERM) to the container's first process",
  operands: '<container-id> [signal]',
  count: [1, 2],
  options: {
    // containerd gives it when the container shares the host's pid namespace.
    all: {
      type: 'boolean',
      alias: 'a',
      describe: 'send it to all processes of the container',
      hidden: true,
    },
  },
  run({ place, values: { all }, operands: [id = '', signal] }) {
    kill({ ...place, id, all, signal: parseSignal(signal || 'SIGTERM') })
    return 0
  },
})
