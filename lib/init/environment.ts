/** The program's environment: the config's, and HOME where the config has none. */
import { hasHome } from '../linux/exec/plan.ts'
import { homeOf } from '../linux/exec/home.ts'
import { step } from '../sync/stage.ts'
import type { InitPlan } from './plan.ts'

export const environmentFor = (
  plan: Pick<InitPlan, 'env' | 'uid'>,
  root: number,
): readonly string[] => {
  if (hasHome(plan.env)) return plan.env
  step('look up HOME in /etc/passwd')
  return [...plan.env.filter((entry) => entry !== 'HOME='), `HOME=${homeOf(plan.uid, root)}`]
}
