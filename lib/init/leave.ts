/**
 * INSIDE. What is left when a process is where the program shall run: a list of calls for the stub, which
 * then needs nobody to tell it more.
 */
import { execCalls } from '../linux/exec/plan.ts'
import { stubProgram, topFd } from '../stub/program.ts'
import type { StubCall } from '../stub/table.ts'
import type { InitPlan } from './plan.ts'

type LeavePlan = Pick<InitPlan, 'stub' | 'cwd' | 'args'>

const EVERY_FD = 0xffffffff

/** The program gets the standard streams, what is preserved for it, and nothing else (CVE-2024-21626). */
const closeOthers = (plan: LeavePlan['stub']): StubCall => ({
  call: 'close_range',
  args: [topFd(plan) + 1, EVERY_FD, 0],
  doing: 'close all other descriptors',
})

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
  const { stub } = plan
  const become = [closeOthers(stub), ...stub.become, ...(enterAsUser ? [chdir(plan.cwd)] : [])]
  return stubProgram({ ...stub, become }, execCalls(plan.args ?? [], environment))
}
