/** Figures as rows, and rows as a table. */

export interface Cell {
  /** Median; undefined where it could not be measured, and then `problem` says why. */
  readonly value?: number
  readonly problem?: string
}

export interface Row {
  readonly name: string
  readonly unit: string
  readonly goal?: string
  readonly met?: boolean
  /** By contender. */
  readonly cells: Readonly<Record<string, Cell>>
  /** tsrun's figure divided by the other's, by contender. */
  readonly ratios: Readonly<Record<string, number>>
}

export interface Results {
  readonly host: string
  readonly date: string
  readonly rounds: number
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

export const ratiosOf = (cells: Readonly<Record<string, Cell>>): Record<string, number> => {
  const ours = cells['tsrun']?.value
  const ratios: Record<string, number> = {}
  for (const [name, { value }] of Object.entries(cells)) {
    if (name === 'tsrun' || ours === undefined || value === undefined) continue
    ratios[name] = ours / value
  }
  return ratios
}

const verdict = ({ goal, met }: Row): string => {
  if (goal === undefined) return ''
  if (met === undefined) return goal
  return `${goal}  ${met ? 'yes' : 'NO'}`
}

const show = (value: number | undefined, unit: string): string => {
  if (value === undefined) return '–'
  return `${value.toFixed(unit === 'KiB' ? 0 : 1)} ${unit}`.trim()
}

export const table = ({ versions, rows }: Results): string => {
  const names = Object.keys(versions)
  const others = names.filter((name) => name !== 'tsrun')
  const lines = [
    ['', ...names, ...others.map((name) => `/ ${name}`), 'goal'],
    ...rows.map((row) => [
      row.name,
      ...names.map((name) => show(row.cells[name]?.value, row.unit)),
      ...others.map((name) => row.ratios[name]?.toFixed(2) ?? '–'),
      verdict(row),
    ]),
  ]
  const widths = lines[0]?.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  const problems = new Set(
    rows.flatMap(({ cells }) => Object.values(cells).flatMap(({ problem }) => problem ?? [])),
  )
  return [
    ...lines.map((line) =>
      line
        .map((cell, column) => {
          const width = widths?.[column] ?? 0
          const left = column === 0 || column === line.length - 1
          return left ? cell.padEnd(width) : cell.padStart(width)
        })
        .join('  ')
        .trimEnd(),
    ),
    ...(problems.size > 0 ? ['', ...problems] : []),
  ].join('\n')
}
