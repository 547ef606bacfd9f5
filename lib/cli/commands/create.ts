import { create } from '../../container/create.ts'
import { command, oneContainer } from '../command.ts'
import { createOptions, readCreateRequest } from './create-options.ts'

export const createCommand = command({
  describe: 'create a container',
  about:
    'The container is set up as config.json in the bundle says, up to its program, which waits for\n' +
    '`tsrun start`. Changes made to config.json later have no effect.',
  ...oneContainer,
  options: createOptions,
  run(call) {
    create(readCreateRequest(call))
    return 0
  },
})
