import { command, oneContainer } from '../command.ts'
import { unsupported } from '../unsupported.ts'

export const updateCommand = command({
  describe: 'change the resource limits of a container',
  ...oneContainer,
  options: {
    resources: {
      type: 'string',
      alias: 'r',
      describe: 'file with linux.resources as JSON, - for stdin; other options do not count then',
    },
    'blkio-weight': { type: 'string', describe: 'share of block I/O, 10 to 1000' },
    'cpu-period': { type: 'string', describe: 'CFS period in µs, 0 for the default' },
    'cpu-quota': { type: 'string', describe: 'CPU time in µs within a period' },
    'cpu-burst': { type: 'string', describe: 'unused CPU time in µs that may be spent later' },
    'cpu-share': { type: 'string', describe: 'weight against other containers' },
    'cpu-rt-period': { type: 'string', describe: 'realtime period in µs, 0 for the default' },
    'cpu-rt-runtime': { type: 'string', describe: 'realtime CPU time in µs within a period' },
    'cpu-idle': { type: 'string', describe: '1: run only when nothing else wants to' },
    'cpuset-cpus': { type: 'string', describe: 'CPUs to use: 0-3,7' },
    'cpuset-mems': { type: 'string', describe: 'memory nodes to use' },
    memory: { type: 'string', describe: 'limit in bytes; k, m, g allowed' },
    'memory-reservation': { type: 'string', describe: 'soft limit in bytes' },
    'memory-swap': { type: 'string', describe: 'limit of memory and swap together, -1 for none' },
    'pids-limit': { type: 'integer', default: 0, describe: 'most processes at a time' },
    'l3-cache-schema': { type: 'string', describe: 'Intel RDT: L3 cache schema' },
    'mem-bw-schema': { type: 'string', describe: 'Intel RDT: memory bandwidth schema' },
    'kernel-memory': { type: 'string', describe: 'ignored', hidden: true },
    'kernel-memory-tcp': { type: 'string', describe: 'ignored', hidden: true },
  },
  run: () => unsupported('update'),
})
