import { listProcesses, processTable } from '../../container/ps.ts'
import { Failure } from '../../failure.ts'
import { command } from '../command.ts'
import { print } from '../output.ts'

/** `null` for none: what Go makes of an empty list, as in `list`. */
const jsonOf = (pids: readonly number[]): string => JSON.stringify(pids.length > 0 ? pids : null)

export const psCommand = command({
  describe: "show a container's processes",
  about: 'Options after the container id are for ps(1); without any it is -ef.',
  operands: '<container-id> [ps options]',
  count: [1, Infinity],
  passes: true,
  options: {
    format: { type: 'string', alias: 'f', default: 'table', describe: 'table or json' },
  },
  run({ place, values: { format }, operands: [id = '', ...args] }) {
    if (format === 'json') print(`${jsonOf(listProcesses({ ...place, id }))}\n`)
    else if (format === 'table') print(processTable({ ...place, id }, args))
    else throw new Failure('invalid format option', { hint: 'there are table and json' })
    return 0
  },
})
