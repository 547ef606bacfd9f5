/** Turns: every round asks every contender once, and every other round in the opposite order. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

export interface Turns<C, V> {
  /** Each contender's values, in the order measured. */
  readonly values: ReadonlyMap<C, readonly V[]>
  /** What a contender that failed threw; it took no further part. */
  readonly failed: ReadonlyMap<C, unknown>
}

/**
 * What slows one down (a busy neighbour, a hot processor) slows all alike, and nobody always comes
 * right after the same other. The first round warms up and does not count.
 */
export const inTurns = <C, V>(
  contenders: readonly C[],
  rounds: number,
  measure: (contender: C) => V,
): Turns<C, V> => {
  const values = new Map<C, V[]>(contenders.map((contender) => [contender, []]))
  const failed = new Map<C, unknown>()
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse()
    for (const contender of order.filter((one) => !failed.has(one))) {
      try {
        const value = measure(contender)
        if (round > 0) values.get(contender)?.push(value)
      } catch (error) {
        failed.set(contender, error)
      }
    }
  }
  return { values, failed }
}
