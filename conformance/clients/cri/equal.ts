/** @throws what was found instead */
export const equal = (found: unknown, expected: unknown, what: string): void => {
  if (found !== expected) {
    throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
  }
}
