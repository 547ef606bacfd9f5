/** Turns: every round asks every contender once, and every other round in the opposite order. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

/**
 * What slows one down (a busy neighbour, a hot processor) slows all alike, and nobody always comes
 * right after the same other. The first round warms up and does not count.
 * @returns each contender's values, in the order measured
 */
export const inTurns = <C, V>(
  contenders: readonly C[],
  rounds: number,
  measure: (contender: C) => V,
): ReadonlyMap<C, readonly V[]> => {
  const values = new Map<C, V[]>(contenders.map((contender) => [contender, []]))
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse()
    for (const contender of order) {
      const value = measure(contender)
      if (round > 0) values.get(contender)?.push(value)
    }
  }
  return values
}
