import { destroy } from '../../container/delete.ts'
import { command, oneContainer } from '../command.ts'

export const deleteCommand = command({
  describe: 'delete a container that has stopped, and what was made for it',
  ...oneContainer,
  options: {
    force: {
      type: 'boolean',
      alias: 'f',
      describe: 'kill the container first if it is running; no error if there is none',
    },
  },
  run({ place, values: { force }, operands: [id = ''] }) {
    destroy({ ...place, id, force })
    return 0
  },
})
