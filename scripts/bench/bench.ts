/**
 * `npm run bench`: tsrun beside the runc and crun that are installed, in turns.
 *
 *     --rounds N    how many values a median is taken of (20)
 *     --crowd N     how many containers exist beside the one measured last (199; 0 leaves it out)
 *     --json FILE   where the figures go (dist/bench.json)
 *     --soak N      instead of all that: N containers, four at a time; see soak.ts
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freshProgram } from '../fresh.ts'
import { writeBundle } from './bundle.ts'
import { contenders, type Contender } from './contender.ts'
import { type Bundles, crowd, type Measure, measures, runTrue } from './measures.ts'
import { programsFor } from './programs.ts'
import { type Cell, ratiosOf, type Results, type Row, table } from './results.ts'
import { inTurns, median, type Turns } from './rounds.ts'
import { soak } from './soak.ts'

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const prepare = (work: string): Bundles => {
  writeFileSync(join(work, 'timed'), programsFor(process.arch).timed, { mode: 0o755 })
  return {
    true: writeBundle(join(work, 'true'), { args: ['/bin/true'] }),
    wait: writeBundle(join(work, 'wait'), { args: ['/bin/wait'] }),
    filtered: writeBundle(join(work, 'filtered'), { args: ['/bin/true'], filtered: true }),
    filteredWait: writeBundle(join(work, 'filtered-wait'), { args: ['/bin/wait'], filtered: true }),
    tight: writeBundle(join(work, 'tight'), { args: ['/bin/true'], memoryLimit: 512 * 1024 }),
  }
}

/** A runtime that failed, even once, has no figure, and the table says what it said. */
const cellsOf = (
  all: readonly Contender[],
  { values, failed }: Turns<Contender, number | undefined>,
): Record<string, Cell> => {
  const cells: Record<string, Cell> = {}
  for (const contender of all) {
    const numbers = (values.get(contender) ?? []).filter((value) => value !== undefined)
    if (failed.has(contender)) cells[contender.name] = { problem: message(failed.get(contender)) }
    else cells[contender.name] = numbers.length > 0 ? { value: median(numbers) } : {}
  }
  return cells
}

const rowOf = (
  { name, unit, goal, holds }: Pick<Measure, 'name' | 'unit' | 'goal' | 'holds'>,
  cells: Record<string, Cell>,
): Row => {
  const ours = cells['tsrun']?.value
  const met = holds && ours !== undefined ? holds(ours, cells['runc']?.value) : undefined
  return {
    name,
    unit,
    ...(goal === undefined ? {} : { goal }),
    ...(goal === undefined ? {} : { met: met ?? false }),
    cells,
    ratios: ratiosOf(cells),
  }
}

const measureRow = (
  measure: Measure,
  all: readonly Contender[],
  bundles: Bundles,
  rounds: number,
): Row => {
  console.error(`measuring: ${measure.name}`)
  const count = Math.max(3, Math.round(rounds * measure.share))
  return rowOf(
    measure,
    cellsOf(
      all,
      inTurns(all, count, (one) => measure.once(one, bundles)),
    ),
  )
}

/** Alone, among many, and alone again: the machine gets slower and faster by itself meanwhile. */
const crowdCell = (contender: Contender, bundles: Bundles, size: number, rounds: number): Cell => {
  const times = (): readonly number[] =>
    Array.from({ length: rounds + 1 }, () => runTrue(contender, bundles.true)).slice(1)
  try {
    const before = times()
    const leave = crowd(contender, bundles.wait, size)
    let among
    try {
      among = median(times())
    } finally {
      leave()
    }
    return { value: among / median([...before, ...times()]) }
  } catch (error) {
    return { problem: message(error) }
  }
}

/** The cost of one container among many, as a share of its cost when alone; one runtime at a time. */
const crowdRow = (
  all: readonly Contender[],
  bundles: Bundles,
  size: number,
  rounds: number,
): Row => {
  const name = `run as number ${size + 1}, relative to number 1`
  console.error(`measuring: ${name}`)
  const cells = Object.fromEntries(
    all.map((contender) => [contender.name, crowdCell(contender, bundles, size, rounds)]),
  )
  const row = rowOf({ name, unit: 'ms', goal: '≤ 1.1', holds: (ours) => ours <= 1.1 }, cells)
  return { ...row, unit: '×', ratios: {} }
}

const bench = (work: string, rounds: number, size: number): Results => {
  const bundles = prepare(work)
  const all = contenders(freshProgram(), work)
  const rows = measures.map((measure) => measureRow(measure, all, bundles, rounds))
  if (size > 0) rows.push(crowdRow(all, bundles, size, rounds))
  return {
    host: `Linux ${release()} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    date: new Date().toISOString(),
    rounds,
    versions: Object.fromEntries(all.map(({ name, version }) => [name, version])),
    rows,
  }
}

const soakTsrun = async (work: string, count: number): Promise<number> => {
  const bundles = prepare(work)
  const root = join(work, 'soak')
  mkdirSync(root)
  const start = Date.now()
  const problems = await soak(freshProgram(), root, bundles.true, count)
  for (const problem of problems.slice(0, 50)) console.log(problem)
  const seconds = ((Date.now() - start) / 1000).toFixed(0)
  console.log(`${count} containers in ${seconds} s: ${problems.length} problems`)
  return problems.length === 0 ? 0 : 1
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      crowd: { type: 'string', default: '199' },
      json: { type: 'string', default: 'dist/bench.json' },
      soak: { type: 'string' },
    },
  })
  if (process.getuid?.() !== 0) {
    console.error('the bench makes containers, which takes root')
    return 1
  }
  const work = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    if (values.soak) return await soakTsrun(work, Number(values.soak))
    const results = bench(work, Number(values.rounds), Number(values.crowd))
    console.log(`${results.host}\n${Object.values(results.versions).join('\n')}\n`)
    console.log(table(results))
    writeFileSync(values.json, JSON.stringify(results, null, 2))
    console.log(`\nmedians of ${results.rounds} rounds; all figures in ${values.json}`)
    return 0
  } finally {
    rmSync(work, { recursive: true })
  }
}

process.exitCode = await main()
