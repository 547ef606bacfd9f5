import { pause, resume } from '../../container/pause.ts'
import { command, oneContainer } from '../command.ts'

export const pauseCommand = command({
  describe: 'freeze all processes of a container',
  ...oneContainer,
  options: {},
  run({ place, operands: [id = ''] }) {
    pause({ ...place, id })
    return 0
  },
})

export const resumeCommand = command({
  describe: 'let a paused container go on',
  ...oneContainer,
  options: {},
  run({ place, operands: [id = ''] }) {
    resume({ ...place, id })
    return 0
  },
})
