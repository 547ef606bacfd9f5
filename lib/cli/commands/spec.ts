import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { doing, Failure } from '../../failure.ts'
import { defaultConfig } from '../../spec/default.ts'
import { command } from '../command.ts'

const writeNew = (file: string, text: string): void => {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
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
    const text = JSON.stringify(defaultConfig({ rootless }), undefined, '\t')
    doing(`write ${file}`, () => writeNew(file, text))
    return 0
  },
})
