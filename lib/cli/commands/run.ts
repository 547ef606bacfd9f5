import { run } from '../../container/run.ts'
import { command, oneContainer } from '../command.ts'
import { createOptions, readCreateRequest } from './create-options.ts'

export const runCommand = command({
  describe: 'create a container, start it, wait for it and delete it',
  about: "The exit status is the program's own, or 128 + n when signal n killed it.",
  ...oneContainer,
  options: {
    ...createOptions,
    detach: { type: 'boolean', alias: 'd', describe: 'return once the program is running' },
    keep: { type: 'boolean', describe: 'keep the container when its program has ended' },
    'no-subreaper': {
      type: 'boolean',
      describe: 'leave the orphans of the container to whoever is their reaper now',
    },
  },
  run(call) {
    const { detach, keep, 'no-subreaper': noSubreaper } = call.values
    return run({ ...readCreateRequest(call), detach, keep, noSubreaper })
  },
})
