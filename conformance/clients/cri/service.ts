/** The CRI as containerd serves it. */
import type { Host } from '../harness/host.ts'
import { call } from './grpc.ts'
import { methods } from './messages.ts'
import { decode, encode, type Value } from './protobuf.ts'

const SOCKET = '/run/containerd/containerd.sock'

export const ask = async (method: keyof typeof methods, request: Value = {}): Promise<Value> => {
  const [takes, gives] = methods[method]
  return decode(
    gives,
    await call(SOCKET, `runtime.v1.RuntimeService/${method}`, encode(takes, request)),
  )
}

/** Its socket is there before the plugin knows the pods of its last life. */
export const startContainerd = async (host: Host): Promise<void> => {
  await host.daemon('containerd', 'ctr version')
  for (let tries = 0; ; tries++) {
    const failure = await ask('ListPodSandbox').then(
      () => undefined,
      (error: Error) => error,
    )
    if (failure === undefined) return
    if (tries === 400) throw failure
    await new Promise((done) => setTimeout(done, 50))
  }
}
