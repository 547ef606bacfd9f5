import type { Options } from '../option.ts'

export const execOptions = {
  'console-socket': {
    type: 'string',
    describe: 'unix socket that receives the master of the pseudoterminal',
  },
  'pidfd-socket': { type: 'string', describe: 'unix socket that receives a pidfd of the process' },
  cwd: { type: 'string', describe: 'working directory in the container' },
  env: { type: 'list', alias: 'e', describe: 'NAME=value, added to the environment' },
  tty: { type: 'boolean', alias: 't', describe: 'give the process a terminal' },
  user: { type: 'string', alias: 'u', describe: '<uid>[:<gid>]' },
  'additional-gids': { type: 'list', alias: 'g', describe: 'a supplementary group' },
  process: { type: 'string', alias: 'p', describe: 'file with the process as JSON' },
  detach: { type: 'boolean', alias: 'd', describe: 'return once the process is running' },
  'pid-file': { type: 'string', describe: "file to write the process's id to" },
  'process-label': { type: 'string', describe: 'SELinux label' },
  apparmor: { type: 'string', describe: 'AppArmor profile' },
  'no-new-privs': {
    type: 'boolean',
    describe: 'no privileges by set-user-id programs and the like',
  },
  cap: { type: 'list', alias: 'c', describe: 'a capability to add' },
  'preserve-fds': {
    type: 'integer',
    default: 0,
    describe: 'hand this many descriptors, from 3 on, to the process',
  },
  cgroup: { type: 'list', describe: "[<controller>:]<path>, below the container's cgroup" },
  'ignore-paused': { type: 'boolean', describe: 'also in a paused container' },
} as const satisfies Options
