/**
 * `npx tsx conformance/soak/soak.ts [--runtime PATH] [--runs N] [--jobs N]`: the same short container again and
 * again, several at a time. What hangs is described, with all its processes, before it is killed.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    runtime: { type: 'string' },
    runs: { type: 'string', default: '2000' },
    jobs: { type: 'string', default: '4' },
  },
})
if (values.runtime !== undefined) process.env['RUNTIME'] = values.runtime
const { Box, runtime } = await import('../harness/box.ts')
const { leftovers } = await import('../harness/leftovers.ts')

/** In milliseconds. */
const PATIENCE = 8000

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim().replaceAll('\0', ' ')
  } catch {
    return '?'
  }
}

/** What the threads of a process and of its children wait for. */
const describe = (pid: number, indent = ''): string => {
  const lines: string[] = []
  try {
    lines.push(
      `${indent}${pid} ${readlinkSync(`/proc/${pid}/exe`)} ${read(`/proc/${pid}/cmdline`)}`,
    )
    lines.push(
      ...read(`/proc/${pid}/status`)
        .split('\n')
        .filter((line) => /^(State|SigBlk|SigIgn|SigCgt|SigPnd|ShdPnd)/.test(line))
        .map((line) => `${indent}  ${line}`),
    )
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const at = `/proc/${pid}/task/${task}`
      lines.push(
        `${indent}  thread ${task} ${read(`${at}/comm`)} ${read(`${at}/syscall`)} ${read(`${at}/stack`)}`,
      )
      for (const child of read(`${at}/children`).split(' ').filter(Boolean)) {
        lines.push(describe(Number(child), `${indent}    `))
      }
    }
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      lines.push(`${indent}  fd ${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`)
    }
  } catch {
    lines.push(`${indent}${pid} is gone`)
  }
  return lines.join('\n')
}

const box = new Box()
box.save()
const runs = Number(values.runs)
let next = 0
let failed = 0
let hung = 0

const one = (): Promise<void> =>
  new Promise((done) => {
    const id = `${box.id}-${next++}`
    const child = spawn(runtime, ['--root', box.state, 'run', '--bundle', box.bundle, id], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (data) => (text += data))
    const watch = setTimeout(() => {
      hung++
      console.log(`run ${id} hangs:\n${describe(child.pid!)}`)
      child.kill('SIGKILL')
      spawn(runtime, ['--root', box.state, 'delete', '--force', id], { stdio: 'inherit' })
    }, PATIENCE)
    child.on('exit', (status, signal) => {
      clearTimeout(watch)
      if (status !== 0 && signal === null) {
        failed++
        console.log(`run ${id}: status ${status}: ${text.trim()}`)
      }
      done()
    })
  })

const worker = async (): Promise<void> => {
  while (next < runs) await one()
}

// Every container has a cgroup of its own below that of the config.
delete box.config.linux.cgroupsPath
box.save()
const begin = performance.now()
await Promise.all(Array.from({ length: Number(values.jobs) }, worker))
const seconds = (performance.now() - begin) / 1000
const left = leftovers(box.id, box.state)
box.end()
console.log(
  `${runs} runs, ${values.jobs} at a time: ${seconds.toFixed(1)} s, ${(runs / seconds).toFixed(0)} a second; ` +
    `${failed} failed, ${hung} hung, ${left.length} things left`,
)
for (const line of left) console.log(line)
process.exitCode = failed + hung + left.length > 0 ? 1 : 0
