import { command, oneContainer } from '../command.ts'
import { unsupported } from '../unsupported.ts'
import { readResources, updateOptions } from './update-resources.ts'

export const updateCommand = command({
  describe: 'change the resource limits of a container',
  ...oneContainer,
  options: updateOptions,
  run({ values }) {
    readResources(values)
    return unsupported('update')
  },
})
