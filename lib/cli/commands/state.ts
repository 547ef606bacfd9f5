import { readReport } from '../../container/report.ts'
import { command, oneContainer } from '../command.ts'
import { print } from '../output.ts'

export const stateCommand = command({
  describe: 'print the state of a container, as JSON',
  ...oneContainer,
  options: {},
  run({ place, operands: [id = ''] }) {
    print(JSON.stringify(readReport({ ...place, id }), undefined, 2))
    return 0
  },
})
