/** Columns padded with spaces, three between them, twelve wide at least: byte for byte what runc prints. */

const MIN_WIDTH = 12
const GAP = 3

/** The last column is not padded. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      widths[i] = Math.max(widths[i] ?? MIN_WIDTH, [...cell].length + GAP)
    }
  }
  const pad = (cell: string, i: number): string =>
    cell + ' '.repeat((widths[i] ?? 0) - [...cell].length)
  return rows.map((row) => `${row.slice(0, -1).map(pad).join('')}${row.at(-1) ?? ''}\n`).join('')
}
