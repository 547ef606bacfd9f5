/** Child: waits for the parent, at the beginning and while hooks run. */
import { Failure } from '../failure.ts'
import { awaitGo, sendMessage, type HookPoint } from '../sync/channel.ts'
import { step } from '../sync/stage.ts'
import { exitNow } from '../sys/process.ts'
import type { InitPlan } from './plan.ts'

/** A parent that is gone will never say go: the half-made container ends with it. */
export const waitForParent = (line: number): void => {
  step('wait for tsrun')
  if (!awaitGo(line)) exitNow(1)
}

export const reach = (point: HookPoint, plan: InitPlan, line: number): void => {
  if (!plan.hookPoints.includes(point)) return
  step(`wait for the ${point} hooks`, `/hooks/${point}`)
  sendMessage(line, { type: 'reached', point })
  if (!awaitGo(line)) throw new Failure('tsrun ended')
}
