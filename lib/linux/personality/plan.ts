/** Execution domain: LINUX32 lets uname(2) answer as a 32-bit machine does. Pure. personality(2) */
import type { Personality } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'

const domains: Readonly<Record<Personality['domain'], number>> = { LINUX: 0, LINUX32: 8 }

export const personalityCalls = (personality: Personality | undefined): readonly StubCall[] =>
  personality === undefined
    ? []
    : [
        {
          call: 'personality',
          args: [domains[personality.domain]],
          doing: `set personality ${personality.domain}`,
          pointer: '/linux/personality',
        },
      ]
