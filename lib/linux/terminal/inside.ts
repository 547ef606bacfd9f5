/**
 * The process's terminal: a pseudoterminal of the container's own devpts. Inside. pty(7), devpts
 *
 * What lies at /dev/pts is the image's or another container's business, so it is checked to be what it
 * says, and from there on only descriptors count (CVE-2025-52565).
 */
import { Failure } from '../../failure.ts'
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { sendDescriptor } from '../../sys/fd-passing.ts'
import { close, dup3, fchownat, fileSystemType, openat, statat } from '../../sys/file.ts'
import { moveMount, openTree } from '../../sys/mount.ts'
import { openat2 } from '../../sys/openat2.ts'
import { makeControlling, openPtyPeer, setSize, unlockPty } from '../../sys/terminal.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import {
  AT_EMPTY_PATH,
  O_CREAT,
  O_EXCL,
  O_DIRECTORY,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDWR,
  O_WRONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  S_IFCHR,
  S_IFMT,
} from '../../sys/flags/open.ts'
import type { TerminalPlan } from './plan.ts'

const DEVPTS_SUPER_MAGIC = 0x1cd1
const STRICT = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS
/** Majors of what is opened through /dev/ptmx, and of the other ends. */
const PTMX = { major: 5, minor: 2 }
const UNIX98_MIN = 136
const UNIX98_MAX = 143

const isPtmx = (file: number): boolean => {
  const { mode, major, minor } = statat(file, '')
  return (mode & S_IFMT) === S_IFCHR && major === PTMX.major && minor === PTMX.minor
}

const isPty = (file: number): boolean => {
  const { mode, major } = statat(file, '')
  return (mode & S_IFMT) === S_IFCHR && major >= UNIX98_MIN && major <= UNIX98_MAX
}

const wrong = (what: string): Failure =>
  new Failure(`${what} of the container is not what its name says`, {
    hint: 'mount a devpts on /dev/pts: {"destination": "/dev/pts", "type": "devpts", "source": "devpts"}',
  })

const openMaster = (root: number): number => {
  const path = openat2(root, '/dev/pts/ptmx', O_PATH, STRICT)
  try {
    if (!isPtmx(path) || fileSystemType(path) !== DEVPTS_SUPER_MAGIC) throw wrong('/dev/pts/ptmx')
  } finally {
    close(path)
  }
  const master = openat2(root, '/dev/pts/ptmx', O_RDWR | O_NOCTTY, STRICT)
  if (isPtmx(master) && fileSystemType(master) === DEVPTS_SUPER_MAGIC) return master
  throw wrong('/dev/pts/ptmx')
}

/**
 * Makes the terminal and sends its master over `socket`.
 * @param root descriptor of the container's root
 * @returns the end that the program gets
 */
export const openTerminal = (plan: TerminalPlan, root: number, socket: number): number => {
  step('make a terminal', '/process/terminal')
  const master = openMaster(root)
  const number = unlockPty(master)
  const terminal = openPtyPeer(master)
  if (!isPty(terminal)) throw wrong(`/dev/pts/${number}`)
  if (plan.size) setSize(terminal, plan.size.rows, plan.size.columns)
  const { gid, uid } = statat(terminal, '')
  if (uid !== plan.uid) fchownat(terminal, '', plan.uid, gid, AT_EMPTY_PATH)
  step('send the terminal over the console socket', '/process/terminal')
  sendDescriptor(socket, master, `/dev/pts/${number}`)
  close(socket)
  close(master)
  return terminal
}

/** Shows the terminal as /dev/console: bound by descriptors, over a file that nobody could swap. */
export const bindConsole = (terminal: number, root: number): void => {
  step('bind the terminal to /dev/console', '/process/terminal')
  const dev = openat2(root, '/dev', O_PATH | O_DIRECTORY, STRICT)
  try {
    close(openat(dev, 'console', O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  const target = openat(dev, 'console', O_PATH | O_NOFOLLOW)
  const mount = openTree(terminal, '', OPEN_TREE_CLONE | AT_EMPTY_PATH)
  moveMount(mount, target)
  for (const file of [mount, target, dev]) close(file)
}

/** After setsid(2): a session has one controlling terminal and must not have another. */
export const takeTerminal = (terminal: number): void => {
  step('make the terminal the standard streams', '/process/terminal')
  for (const stream of [0, 1, 2]) dup3(terminal, stream, 0)
  close(terminal)
  makeControlling(0)
}
