/** `events`: statistics in the form that callers of runc read, and who was killed for want of memory. */
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { hierarchyOf } from './harness/cgroups.ts'

interface Event {
  readonly type: string
  readonly id: string
  readonly data?: Readonly<Record<string, never>>
}

const eventsOf = (text: string): Event[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event)

const start = (box: Box, ...args: readonly string[]): void => {
  box.config.process.args = [...args]
  box.create()
  box.start()
}

const GROUPS = ['cpu', 'cpuset', 'memory', 'pids', 'blkio', 'hugetlb', 'intel_rdt']

conform('events --stats', (t, box) => {
  start(box, 'sleep', '60')
  const { status, stdout } = box.call(['events', '--stats', box.id])
  t.equal(status, 0)
  const [event, ...others] = eventsOf(stdout)
  t.strictSame(others, [])
  t.match(event, { type: 'stats', id: box.id })
  const data = event!.data!
  t.strictSame(Object.keys(data), [...GROUPS, 'network_interfaces'])
  t.match(data, {
    cpu: { usage: { total: Number, kernel: Number, user: Number }, throttling: {} },
    cpuset: { cpu_exclusive: Number },
    memory: { usage: { limit: Number, failcnt: Number }, swap: {}, kernel: {}, kernelTCP: {} },
    network_interfaces: null,
  })
  if (hierarchyOf('pids')) t.match(data, { pids: { current: 1 } })
})

conform('the fields have an order', (t, box) => {
  start(box, 'sleep', '60')
  const { stdout } = box.call(['events', '--stats', box.id])
  const { data } = JSON.parse(stdout) as { data: { memory: { raw?: object } } }
  const raw = Object.keys(data.memory.raw ?? {})
  t.strictSame(raw, raw.toSorted(), 'of what the kernel counts')
})

conform('events, again and again', (t, box) => {
  start(box, 'sleep', '60')
  const { stdout } = box.call(['events', '--interval', '100ms', box.id], {
    wrap: ['timeout', '1'],
  })
  const events = eventsOf(stdout)
  t.ok(events.length >= 3, `${events.length} events in a second`)
  t.ok(events.every(({ type, id }) => type === 'stats' && id === box.id))
})

conform(
  'an oom event',
  (t, box) => {
    box.config.linux['resources'] = { memory: { limit: 16 * 1024 * 1024 } }
    // The shell survives what it started.
    start(box, 'sh', '-c', 'sleep 1; dd if=/dev/zero of=/dev/null bs=100M count=1; sleep 60')
    const { stdout } = box.call(['events', '--interval', '10s', box.id], {
      wrap: ['timeout', '3'],
    })
    t.match(eventsOf(stdout)[0], { type: 'oom', id: box.id })
  },
  { skip: hierarchyOf('memory') === undefined && 'needs the memory controller' },
)

conform('what events refuses', (t, box) => {
  start(box, 'true')
  t.equal(box.becomes('stopped'), true)
  t.equal(box.call(['events', '--stats', box.id]).status, 1, 'a container that has stopped')
  t.equal(box.call(['events', '--stats', 'none']).status, 1, 'no container')
  t.equal(box.call(['events', '--interval', '0s', box.id]).status, 1, 'no time at all')
})
