import { events } from '../../container/events.ts'
import { command, oneContainer } from '../command.ts'
import { print } from '../output.ts'

export const eventsCommand = command({
  describe: 'print statistics and out-of-memory events of a container, as JSON lines',
  ...oneContainer,
  options: {
    interval: { type: 'duration', default: 5000, describe: 'between statistics (default: 5s)' },
    stats: { type: 'boolean', describe: 'print statistics once and end' },
  },
  run({ place, values: { interval, stats }, operands: [id = ''] }) {
    events({ ...place, id, interval, statsOnly: stats }, print)
    return 0
  },
})
