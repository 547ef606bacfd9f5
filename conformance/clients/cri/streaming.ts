/** What `kubectl exec`, `attach` and `port-forward` do: the CRI tells where to connect. */
import type { Host } from '../harness/host.ts'
import { equal } from './equal.ts'
import { POD } from './messages.ts'
import { Pod } from './pod.ts'
import { ask } from './service.ts'
import { Stream } from './websocket.ts'

/** Channels of exec and attach. */
const STDIN = 0
const STDOUT = 1
const STDERR = 2
const STATUS = 3
const RESIZE = 4

/** The channel of the first port's data. */
const DATA = 0

type Streams = { stdin?: boolean; stdout?: boolean; stderr?: boolean; tty?: boolean }

const ALL: Streams = { stdin: true, stdout: true, stderr: true }
/** Errors are on the terminal, too. */
const TERMINAL: Streams = { stdin: true, stdout: true, tty: true }

const exec = async (container_id: string, streams: Streams, script: string): Promise<Stream> => {
  const { url } = await ask('Exec', { container_id, cmd: ['sh', '-c', script], ...streams })
  return new Stream(String(url))
}

const attach = async (container_id: string, streams: Streams): Promise<Stream> => {
  const { url } = await ask('Attach', { container_id, ...streams })
  return new Stream(String(url))
}

const execSteps = async (host: Host, id: () => string): Promise<void> => {
  await host.step('exec that streams: input, output, status', async () => {
    const stream = await exec(id(), ALL, 'read a; echo got $a; echo error >&2; exit 3')
    await stream.send(STDIN, 'hello\n')
    await stream.until(STATUS, /"reason":"ExitCode","message":"3"/)
    equal(`${stream.read(STDOUT)}${stream.read(STDERR)}`, 'got hello\nerror\n', 'output')
    await stream.end()
  })
  await host.step('exec with a terminal, which is resized', async () => {
    const stream = await exec(
      id(),
      TERMINAL,
      'tty; read a; until [ "$(stty size)" = "40 100" ]; do sleep 0.1; done; echo resized $a',
    )
    await stream.until(STDOUT, /^\/dev\/pts\/\d+\r\n/)
    await stream.send(STDIN, 'hello\n')
    await stream.send(RESIZE, JSON.stringify({ Width: 100, Height: 40 }))
    await stream.until(STDOUT, /resized hello\r\n/)
    await stream.until(STATUS, /"status":"Success"/)
    await stream.end()
  })
  await host.step('exec that streams, of which the client goes away', async () => {
    const stream = await exec(id(), ALL, 'echo here; read a; echo gone > /tmp/gone')
    await stream.until(STDOUT, /here/)
    stream.close()
    const after = await exec(id(), ALL, 'until [ -e /tmp/gone ]; do sleep 0.1; done; echo still')
    await after.until(STDOUT, /still/)
    await after.end()
  })
}

export const streamingSteps = async (host: Host): Promise<void> => {
  let pod: Pod | undefined
  let id = ''
  const script = 'echo ready; while read a; do echo got $a; done; echo end'
  await host.step('a container that reads', async () => {
    pod = await Pod.run(host, 'streams', POD)
    id = await pod.start('reads', ['sh', '-c', script], { stdin: true })
  })
  if (pod === undefined) return
  const { start, remove, id: pod_sandbox_id } = pod
  await execSteps(host, () => id)
  await host.step('attach: input and output', async () => {
    const stream = await attach(id, ALL)
    await stream.send(STDIN, 'hello\n')
    await stream.until(STDOUT, /got hello\n/)
    stream.close()
  })
  await host.step('attach to a terminal', async () => {
    const own = await start.call(pod, 'terminal', ['sh', '-c', `tty; ${script}`], {
      stdin: true,
      tty: true,
    })
    const stream = await attach(own, TERMINAL)
    await stream.send(STDIN, 'hello\n')
    await stream.until(STDOUT, /got hello\r\n/)
    stream.close()
  })
  await host.step('port-forward', async () => {
    await start.call(pod, 'serves', ['nc', '-l', '-p', '80', '-e', 'echo', 'hello'])
    const { url } = await ask('PortForward', { pod_sandbox_id, port: [80] })
    const stream = new Stream(`${url}?port=80`)
    // Two bytes first: which port it is.
    await stream.until(DATA, /^P\0hello\n$/)
    stream.close()
  })
  await host.step('the pod that streamed is removed', remove.bind(pod))
}
