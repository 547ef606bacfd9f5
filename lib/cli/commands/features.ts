import { features } from '../../container/features.ts'
import { command } from '../command.ts'
import { print } from '../output.ts'

export const featuresCommand = command({
  describe: 'print what this build and this kernel can do, as JSON',
  operands: '',
  count: [0, 0],
  options: {},
  run() {
    print(`${JSON.stringify(features(), undefined, 4)}\n`)
    return 0
  },
})
