/** What `create` and `run` have in common, and how it becomes a request. */
import type { CreateRequest } from '../../container/request.ts'
import { resolve } from '../../path.ts'
import { usage } from '../argv.ts'
import type { Call } from '../command.ts'
import type { Options } from '../option.ts'

export const createOptions = {
  bundle: { type: 'string', alias: 'b', describe: "the bundle's directory (default: this one)" },
  'console-socket': {
    type: 'string',
    describe: 'unix socket that receives the master of the pseudoterminal',
  },
  'pidfd-socket': {
    type: 'string',
    describe: "unix socket that receives a pidfd of the container's process",
  },
  'pid-file': { type: 'string', describe: "file to write the process's id to" },
  'no-pivot': {
    type: 'boolean',
    describe: 'move the rootfs over / instead of pivot_root(2): for a rootfs on a ramdisk',
  },
  'no-new-keyring': { type: 'boolean', describe: "keep the caller's session keyring" },
  'preserve-fds': {
    type: 'integer',
    default: 0,
    describe: 'hand this many descriptors, from 3 on, to the container',
  },
} as const satisfies Options

/** An empty path is one that was not given, as in `--console-socket=`. */
const optional = <K extends string>(key: K, path: string | undefined): { [k in K]?: string } =>
  path === undefined || path === '' ? {} : ({ [key]: path } as { [k in K]?: string })

export const readCreateRequest = ({
  place,
  values,
  operands,
}: Call<typeof createOptions>): CreateRequest => {
  const preserveFds = values['preserve-fds']
  if (preserveFds < 0) throw usage(`invalid value "${preserveFds}" for flag -preserve-fds`)
  return {
    ...place,
    id: operands[0] ?? '',
    bundle: resolve(values.bundle ?? ''),
    ...optional('consoleSocket', values['console-socket']),
    ...optional('pidfdSocket', values['pidfd-socket']),
    ...optional('pidFile', values['pid-file']),
    noPivot: values['no-pivot'],
    noNewKeyring: values['no-new-keyring'],
    preserveFds,
  }
}
