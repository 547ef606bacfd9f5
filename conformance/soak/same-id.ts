/** `npx tsx conformance/soak/same-id.ts [--runtime PATH] [--rounds N]`: two creates of one id; exactly one must win. */
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { runtime: { type: 'string' }, rounds: { type: 'string', default: '100' } },
})
if (values.runtime !== undefined) process.env['RUNTIME'] = values.runtime
const { Box } = await import('../harness/box.ts')
const { leftovers } = await import('../harness/leftovers.ts')

let bad = 0
const box = new Box()
box.save()
for (let round = 0; round < Number(values.rounds); round++) {
  const args = ['create', '--bundle', box.bundle, box.id]
  const both = [box.launch(args), box.launch(args)]
  const statuses = await Promise.all(
    both.map((child) => new Promise((done) => child.on('exit', done))),
  )
  const state = box.stateNow()?.status
  const removed = box.delete('--force').status
  const left = leftovers(box.id, box.state)
  if (
    statuses.filter((status) => status === 0).length !== 1 ||
    state !== 'created' ||
    removed !== 0 ||
    left.length > 0
  ) {
    bad++
    console.log(
      `round ${round}: exit ${statuses.join(' and ')}, state ${state}, delete ${removed}`,
      left,
    )
  }
}
box.end()
console.log(`${values.rounds} rounds, ${bad} bad`)
process.exitCode = bad === 0 ? 0 : 1
