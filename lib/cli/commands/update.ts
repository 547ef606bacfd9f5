import { update } from '../../container/update.ts'
import { command, oneContainer } from '../command.ts'
import { readResources, readSchemas, updateOptions } from './update-resources.ts'

export const updateCommand = command({
  describe: 'change the resource limits of a container',
  ...oneContainer,
  options: updateOptions,
  run({ place, values, operands: [id = ''] }) {
    update({ ...place, id }, readResources(values), readSchemas(values))
    return 0
  },
})
