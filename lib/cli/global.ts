/** The options that stand before the command. */
import type { Options } from './option.ts'

export const globalOptions = {
  debug: { type: 'boolean', describe: 'log what is done and planned' },
  log: { type: 'string', default: '', describe: 'append errors to this file as well' },
  'log-format': { type: 'string', default: 'text', describe: 'format of the log: text or json' },
  root: {
    type: 'string',
    describe: 'directory for the state of containers (default: /run/tsrun)',
  },
  'systemd-cgroup': {
    type: 'boolean',
    describe: 'let systemd make the cgroup; cgroupsPath is slice:prefix:name then',
  },
  rootless: {
    type: 'string',
    default: 'auto',
    describe: 'do without cgroups that may not be written: true, false or auto',
  },
  // runc had it until 1.4; callers that pass it mean no harm.
  criu: { type: 'string', describe: 'ignored', hidden: true },
  version: { type: 'boolean', alias: 'v', describe: 'print the version' },
} as const satisfies Options
