/**
 * Not supported, but known: podman runs `checkpoint --help` and `restore --lsm-mount-context` to learn
 * what a runtime can do, and shows whatever they say.
 */
import { command, oneContainer } from '../command.ts'
import type { Options } from '../option.ts'
import { unsupported } from '../unsupported.ts'

const criuOptions = {
  'image-path': { type: 'string', describe: 'directory of the image' },
  'work-path': { type: 'string', describe: 'directory for work files and logs' },
  'tcp-established': { type: 'boolean', describe: 'with open TCP connections' },
  'ext-unix-sk': { type: 'boolean', describe: 'with external unix sockets' },
  'shell-job': { type: 'boolean', describe: 'with a terminal from outside' },
  'lazy-pages': { type: 'boolean', describe: 'move memory when it is used' },
  'file-locks': { type: 'boolean', describe: 'with file locks' },
  'manage-cgroups-mode': { type: 'string', describe: 'soft, full, strict or ignore' },
  'empty-ns': { type: 'list', describe: 'namespace to make without its properties' },
  'auto-dedup': { type: 'boolean', describe: 'drop pages that are in the parent image' },
  'link-remap': { type: 'boolean', describe: 'with unlinked files' },
  'network-lock': { type: 'string', describe: 'how to lock the network' },
} as const satisfies Options

export const checkpointCommand = command({
  describe: 'save a running container (not supported)',
  ...oneContainer,
  options: {
    ...criuOptions,
    'parent-path': { type: 'string', describe: 'earlier image, from --pre-dump' },
    'leave-running': { type: 'boolean', describe: 'do not stop the container' },
    'tcp-skip-in-flight': { type: 'boolean', describe: 'without TCP connections being made' },
    'status-fd': { type: 'integer', default: -1, describe: 'told when --lazy-pages is ready' },
    'page-server': { type: 'string', describe: 'ADDRESS:PORT' },
    'pre-dump': { type: 'boolean', describe: 'memory only, and leave the container running' },
  },
  run: () => unsupported('checkpoint'),
})

export const restoreCommand = command({
  describe: 'run a saved container again (not supported)',
  ...oneContainer,
  options: {
    ...criuOptions,
    bundle: { type: 'string', alias: 'b', describe: "the bundle's directory (default: this one)" },
    'console-socket': { type: 'string', describe: 'unix socket that receives the terminal' },
    detach: { type: 'boolean', alias: 'd', describe: 'return once the container is running' },
    'pid-file': { type: 'string', describe: "file to write the process's id to" },
    'no-subreaper': { type: 'boolean', describe: 'leave orphans to whoever is their reaper now' },
    'no-pivot': { type: 'boolean', describe: 'do without pivot_root(2)' },
    'tcp-close': { type: 'boolean', describe: 'close TCP connections' },
    'lsm-profile': { type: 'string', describe: 'TYPE:NAME' },
    'lsm-mount-context': { type: 'string', describe: 'SELinux context of mounts' },
  },
  run: () => unsupported('restore'),
})
