import { doing, Failure } from '../../failure.ts'
import { join } from '../../path.ts'
import { isUnified } from '../../linux/cgroup/layout.ts'
import { defaultConfig } from '../../spec/default.ts'
import { hasCode } from '../../sys/error.ts'
import { O_EXCL } from '../../sys/flags/open.ts'
import { writeTextFile } from '../../sys/text-file.ts'
import { command } from '../command.ts'

const writeNew = (file: string, text: string): void => {
  try {
    writeTextFile(file, text, O_EXCL)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    throw new Failure('File config.json exists. Remove it first', { code: 'CONFIG_EXISTS' })
  }
}

export const specCommand = command({
  describe: 'write a config.json to start from',
  about: 'Its program is `sh`, on a terminal, in the directory `rootfs` beside it.',
  operands: '',
  count: [0, 0],
  options: {
    bundle: { type: 'string', alias: 'b', describe: 'directory to write to (default: this one)' },
    rootless: { type: 'boolean', describe: 'for a user without privileges' },
  },
  run({ values: { bundle, rootless } }) {
    const file = join(bundle ?? '', 'config.json')
    const config = defaultConfig({ rootless, cgroupNamespace: isUnified() })
    const text = JSON.stringify(config, undefined, '\t')
    doing(`write ${file}`, () => writeNew(file, text))
    return 0
  },
})
