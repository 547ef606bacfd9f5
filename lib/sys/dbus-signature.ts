/** D-Bus signatures, a letter a type: `a(ss)t` is an array of pairs of texts, then a number. Pure. */

/** Where the first complete type of a signature ends: `a(ss)t` → 5. */
export const endOfType = (signature: string, start = 0): number => {
  const letter = signature[start]
  if (letter === 'a') return endOfType(signature, start + 1)
  if (letter !== '(' && letter !== '{') return start + 1
  let at = start + 1
  while (at < signature.length && !')}'.includes(signature[at]!)) at = endOfType(signature, at)
  return at + 1
}

/** `sa(ss)t` → `s`, `a(ss)`, `t` */
export const typesOf = (signature: string): readonly string[] => {
  const types: string[] = []
  for (let at = 0, end; at < signature.length; at = end) {
    end = endOfType(signature, at)
    types.push(signature.slice(at, end))
  }
  return types
}
