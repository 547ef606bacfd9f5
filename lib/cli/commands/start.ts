import { start } from '../../container/start.ts'
import { command, oneContainer } from '../command.ts'

export const startCommand = command({
  describe: 'start the program of a created container',
  ...oneContainer,
  options: {},
  run({ place, operands: [id = ''] }) {
    start({ ...place, id })
    return 0
  },
})
