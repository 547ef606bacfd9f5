/**
 * Names of files as text. To Linux a name is bytes, and what an image or a container calls its files need not be
 * UTF-8. A byte that is none becomes a lone surrogate, U+DC80 to U+DCFF, and that the byte again: as in Python's
 * PEP 383.
 */

/** `u`: half of a pair is no match. */
const STRANGE = /[\udc80-\udcff]/u
const STRANGE_OR_NOT = /([\udc80-\udcff])/u
const REPLACEMENT = '\ufffd'

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80

/** @returns how many bytes the character at `at` has; 0 for none */
const characterAt = (bytes: Buffer, at: number): number => {
  let size = 1
  while (size < 4 && isContinuation(bytes[at + size])) size++
  // The longest that is one character: a shorter one may be followed by strange bytes.
  for (; size > 0; size--) {
    const text = bytes.toString('utf8', at, at + size)
    const isOne = text.length === (size === 4 ? 2 : 1)
    if (isOne && (text !== REPLACEMENT || (size === 3 && bytes[at] === 0xef))) return size
  }
  return 0
}

const decodeStrange = (bytes: Buffer): string => {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const size = characterAt(bytes, at)
    text +=
      size > 0 ? bytes.toString('utf8', at, at + size) : String.fromCharCode(0xdc00 + bytes[at]!)
    at += size || 1
  }
  return text
}

export const decodeName = (bytes: Buffer): string => {
  const text = bytes.toString('utf8')
  return text.includes(REPLACEMENT) ? decodeStrange(bytes) : text
}

/** Asks the engine first: it knows at once of most strings, and a regular expression has to look at each character. */
export const isStrange = (name: string): boolean => !name.isWellFormed() && STRANGE.test(name)

/** @returns the bytes of the name, and a NUL */
export const encodeName = (name: string): Buffer =>
  Buffer.concat(
    [...name.split(STRANGE_OR_NOT), '\0'].map((part) =>
      isStrange(part) ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part),
    ),
  )
