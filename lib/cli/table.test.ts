import t from 'tap'
import { formatTable } from './table.ts'

t.test('columns', (t) => {
  t.equal(
    formatTable([['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER']]),
    'ID          PID         STATUS      BUNDLE      CREATED     OWNER\n',
    'twelve wide when there is nothing to show, as in an empty `runc list`',
  )
  t.equal(
    formatTable([
      ['ID', 'PID'],
      ['a-much-longer-name', '1'],
      ['äöü', '22'],
    ]),
    'ID                   PID\na-much-longer-name   1\näöü                  22\n',
    'as wide as the longest and three, counted in characters',
  )
  t.end()
})
