/** How willing the kernel is to kill the container when memory runs out. Parent. proc(5) oom_score_adj */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'

/** @param score -1000 to 1000; unset leaves what was inherited */
export const writeOomScore = (score: number | undefined, pid: number): void => {
  if (score === undefined) return
  const file = `/proc/${pid}/oom_score_adj`
  try {
    writeTextFile(file, String(score))
  } catch (cause) {
    throw new Failure(`set oom_score_adj to ${score}`, {
      cause,
      pointer: '/process/oomScoreAdj',
      ...(hasCode(cause, 'EACCES') && {
        hint: `it may be lowered by who has CAP_SYS_RESOURCE on the host alone; now it is ${readTextFile(file).trim()}`,
      }),
    })
  }
}
