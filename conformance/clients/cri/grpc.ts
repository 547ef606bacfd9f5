/**
 * One gRPC call after the other over a Unix socket: HTTP/2, a message with five bytes before it, and the status in
 * the trailers. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'

/** @throws Error with the server's message */
export const call = async (
  socket: string,
  method: string,
  request: Buffer,
  patience = 120_000,
): Promise<Buffer> => {
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) })
  try {
    return await new Promise<Buffer>((done, fail) => {
      session.on('error', fail)
      const stream = session.request({
        ':method': 'POST',
        ':path': `/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      const chunks: Buffer[] = []
      let status: string | undefined
      let message = ''
      const readStatus = (headers: NodeJS.Dict<string | string[]>): void => {
        if (headers['grpc-status'] === undefined) return
        status = String(headers['grpc-status'])
        message = decodeURIComponent(String(headers['grpc-message'] ?? ''))
      }
      stream.setTimeout(patience, () => fail(new Error(`${method}: no answer in time`)))
      stream.on('response', readStatus)
      stream.on('trailers', readStatus)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', fail)
      stream.on('end', () => {
        if (status === '0') done(Buffer.concat(chunks).subarray(5))
        else fail(new Error(`${method}: ${message} (status ${status})`))
      })
      const head = Buffer.alloc(5)
      head.writeUInt32BE(request.length, 1)
      stream.end(Buffer.concat([head, request]))
    })
  } finally {
    session.destroy()
  }
}
