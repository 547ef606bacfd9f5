/** I/O scheduling of the container's program: a call for the stub. Pure. ioprio_set(2) */
import type { IoPriority } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'

const classes: Readonly<Record<IoPriority['class'], number>> = {
  IOPRIO_CLASS_RT: 1,
  IOPRIO_CLASS_BE: 2,
  IOPRIO_CLASS_IDLE: 3,
}
const CLASS_SHIFT = 13
const IOPRIO_WHO_PROCESS = 1

export const ioPriorityCalls = (ioPriority: IoPriority | undefined): readonly StubCall[] => {
  if (ioPriority === undefined) return []
  const { priority = 0 } = ioPriority
  return [
    {
      call: 'ioprio_set',
      args: [IOPRIO_WHO_PROCESS, 0, (classes[ioPriority.class] << CLASS_SHIFT) | priority],
      doing: `set I/O priority ${ioPriority.class} ${priority}`,
      pointer: '/process/ioPriority',
    },
  ]
}
