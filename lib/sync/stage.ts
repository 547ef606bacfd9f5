/**
 * What the child is doing right now, in a memory file that the parent can read when the child cannot
 * answer any more: because it was killed, or because the kernel does not return.
 *
 * The child also takes the context of its error messages from here.
 */
import { memfdCreate, pread, pwriteText } from '../sys/file.ts'
import { MFD_CLOEXEC } from '../sys/flags/open.ts'

export interface Stage {
  /** `mount tmpfs on /run` */
  readonly doing: string
  /** JSON pointer into config.json, or empty. */
  readonly pointer: string
}

const NO_FILE = -1
const SIZE = 4096
let file = NO_FILE
let current: Stage = { doing: '', pointer: '' }

/** Parent, before the fork. */
export const openStage = (): number => memfdCreate('tsrun-stage', MFD_CLOEXEC)

/** Child, right after the fork. */
export const recordStagesIn = (stage: number): void => {
  file = stage
}

/** Child: from here on, this is what it does. */
export const step = (doing: string, pointer = ''): void => {
  current = { doing, pointer }
  if (file === NO_FILE) return
  const text = `${doing}\n${pointer}\n`
  pwriteText(file, text, Math.min(Buffer.byteLength(text), SIZE), 0)
}

export const currentStage = (): Stage => current

/** Parent: the last stage that the child recorded in `stage`. */
export const readStage = (stage: number): Stage => {
  const buffer = Buffer.alloc(SIZE)
  const size = pread(stage, buffer, SIZE, 0)
  const [doing = '', pointer = ''] = buffer.toString('utf8', 0, size).split('\n')
  return { doing: doing || 'start', pointer }
}
