import { command, oneContainer } from '../command.ts'
import { unsupported } from '../unsupported.ts'

export const pauseCommand = command({
  describe: 'freeze all processes of a container',
  ...oneContainer,
  options: {},
  run: () => unsupported('pause'),
})

export const resumeCommand = command({
  describe: 'let a paused container go on',
  ...oneContainer,
  options: {},
  run: () => unsupported('resume'),
})
