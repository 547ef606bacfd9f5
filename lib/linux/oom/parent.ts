/** How willing the kernel is to kill the container when memory runs out. Parent. proc(5) oom_score_adj */
import { doing } from '../../failure.ts'
import { writeTextFile } from '../../sys/text-file.ts'

/** @param score -1000 to 1000; unset leaves what was inherited */
export const writeOomScore = (score: number | undefined, pid: number): void => {
  if (score === undefined) return
  doing(
    `set oom_score_adj to ${score}`,
    () => writeTextFile(`/proc/${pid}/oom_score_adj`, String(score)),
    { pointer: '/process/oomScoreAdj' },
  )
}
