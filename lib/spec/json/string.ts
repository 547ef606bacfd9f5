/** Finds the end of a JSON string. Runs in tsrun, at every create: `indexOf` does the walking. */

const backslash = 0x5c

/** Offset behind the string that starts at `start`; the end of the text if it never ends. */
export const endOfString = (text: string, start: number): number => {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return text.length
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
}
