import { Failure } from '../../failure.ts'
import { listReports } from '../../container/report.ts'
import { command } from '../command.ts'
import { print } from '../output.ts'
import { formatTable } from '../table.ts'

type Report = ReturnType<typeof listReports>[number]

const header = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER']

const row = ({ id, pid, status, bundle, created, owner }: Report): readonly string[] => [
  id,
  String(pid),
  status,
  bundle,
  created,
  owner,
]

type Format = (reports: readonly Report[]) => string

const formats: Readonly<Record<string, Format>> = {
  table: (reports) => formatTable([header, ...reports.map(row)]),
  // `null` for no containers: what Go makes of an empty list, and what callers have seen so far.
  json: (reports) => `${JSON.stringify(reports.length > 0 ? reports : null)}\n`,
}

export const listCommand = command({
  describe: 'list the containers under --root',
  operands: '',
  count: [0, 0],
  options: {
    format: { type: 'string', alias: 'f', default: 'table', describe: 'table or json' },
    quiet: { type: 'boolean', alias: 'q', describe: 'print ids only' },
  },
  run({ place, values }) {
    const format = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined
    if (!format) throw new Failure('invalid format option', { hint: 'there are table and json' })
    const reports = listReports(place)
    print(values.quiet ? reports.map(({ id }) => `${id}\n`).join('') : format(reports))
    return 0
  },
})
