/** What is being done right now to the process that becomes the container: the context of every error. */
import { Failure } from '../failure.ts'

export interface Stage {
  /** `mount tmpfs on /run` */
  readonly doing: string
  /** JSON pointer into config.json, or empty. */
  readonly pointer: string
}

let current: Stage = { doing: 'start', pointer: '' }

/** From here on, this is what is done. */
export const step = (doing: string, pointer = ''): void => {
  current = { doing, pointer }
}

export const currentStage = (): Stage => current

/** What comes now says itself what it was doing when it fails: hooks. */
export const noStep = (): void => step('')

/** It turns out that something begun earlier is what is being done. */
export const resume = (stage: Stage): void => {
  current = stage
}

/** Runs `action`; what it throws gains the step that was being taken as its context. */
export const inSteps = <T>(action: () => T): T => {
  try {
    return action()
  } catch (cause) {
    const { doing, pointer } = current
    if (doing === '') throw cause
    throw new Failure(doing, { cause, ...(pointer !== '' && { pointer }) })
  }
}
