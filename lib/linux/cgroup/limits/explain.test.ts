import t from 'tap'
import { SyscallError } from '../../../sys/error.ts'
import { explainRefusal } from './explain.ts'

t.test('a device that nothing weighs', async (t) => {
  const write = {
    what: 'block I/O weight of device 8:0',
    value: '8:0 200',
    directory: '/sys/fs/cgroup/a',
    file: 'io.bfq.weight',
    controller: 'io',
    pointer: '/linux/resources/blockIO/weightDevice/0/weight',
  }
  const { message, hint } = explainRefusal(write, new SyscallError('write', 95, 'write'))
  t.match(message, /8:0 to 8:0 200 in .*io\.bfq\.weight/)
  t.match(hint, /scheduler bfq/)
})
