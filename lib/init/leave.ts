/**
 * INSIDE. What is left when a process is where the program shall run: a list of calls for the stub, which
 * then needs nobody to tell it more.
 */
import { execCalls } from '../linux/exec/plan.ts'
import { stubProgram, topFd } from '../stub/program.ts'
import type { StubCall } from '../stub/table.ts'
import { closeRange } from '../sys/file.ts'
import { step } from '../sync/stage.ts'
import type { InitPlan } from './plan.ts'

type LeavePlan = Pick<InitPlan, 'stub' | 'cwd' | 'args'>

const EVERY_FD = 0xffffffff

const chdir = (path: string): StubCall => ({
  call: 'chdir',
  args: [{ text: path }],
  doing: `enter working directory ${path}`,
  pointer: '/process/cwd',
})

/** @param enterAsUser whether the working directory is still to be entered, by the program's user */
export const lastCalls = (
  plan: LeavePlan,
  environment: readonly string[],
  enterAsUser: boolean,
): readonly StubCall[] => {
  // The program gets the standard streams, what is preserved for it, and nothing else (CVE-2024-21626).
  step('close all other descriptors')
  closeRange(topFd(plan.stub) + 1, EVERY_FD, 0)
  const become = enterAsUser ? [...plan.stub.become, chdir(plan.cwd)] : plan.stub.become
  return stubProgram({ ...plan.stub, become }, execCalls(plan.args ?? [], environment))
}
