/** `npx tsx conformance/soak/many.ts [--runtime PATH] [--count N]`: N containers at once; what does the last one cost? */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { runtime: { type: 'string' }, count: { type: 'string', default: '200' } },
})
if (values.runtime !== undefined) process.env['RUNTIME'] = values.runtime
const { Box } = await import('../harness/box.ts')

const median = (times: readonly number[]): string =>
  [...times].sort((a, b) => a - b)[times.length >> 1]!.toFixed(1)

const box = new Box()
const times: number[] = []
const ids = Array.from({ length: Number(values.count) }, (_, i) => `${box.id}-${i}`)
let failed = 0
for (const id of ids) {
  box.config.linux.cgroupsPath = `/${id}`
  box.config.process.args = ['sleep', '1000']
  box.save()
  const begin = performance.now()
  const { status, stderr } = box.call(['run', '--detach', '--bundle', box.bundle, id])
  times.push(performance.now() - begin)
  if (status !== 0) {
    failed++
    console.log(id, stderr.trim())
  }
}
const listed = box.call(['list', '-q']).stdout.trim().split('\n').length
const begin = performance.now()
for (const id of ids) if (box.call(['delete', '--force', id]).status !== 0) failed++
const each = (performance.now() - begin) / ids.length
const left = box.end()
console.log(
  `${ids.length} containers, ${listed} listed: first ten ${median(times.slice(0, 10))} ms, last ten ` +
    `${median(times.slice(-10))} ms each; delete ${each.toFixed(1)} ms each; ${failed} failed, ${left.length} things left`,
)
for (const line of left) console.log(line)
process.exitCode = failed + left.length > 0 ? 1 : 0
