/**
 * A connection of the CRI's streaming server, as `kubectl exec` has one: a WebSocket whose messages begin with the
 * number of a channel. RFC 6455, and v4.channel.k8s.io of k8s.io/apimachinery
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const BINARY = 2
const CLOSE = 8
const FINAL = 0x80
const MASKED = 0x80

/** Whoever connects has to mask what it sends. */
const frame = (opcode: number, body: Buffer): Buffer => {
  if (body.length > 125) throw new Error(`a message of ${body.length} bytes`)
  const mask = randomBytes(4)
  const masked = body.map((byte, at) => byte ^ mask[at % 4]!)
  return Buffer.concat([Buffer.from([FINAL | opcode, MASKED | body.length]), mask, masked])
}

interface Frame {
  readonly opcode: number
  readonly body: Buffer
  /** How much of the bytes it was. */
  readonly size: number
}

/** @returns the first frame, if it is there as a whole */
const readFrame = (bytes: Buffer): Frame | undefined => {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 127
  const start = short === 127 ? 10 : short === 126 ? 4 : 2
  if (bytes.length < start) return undefined
  const length =
    short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
  const size = start + length
  if (bytes.length < size) return undefined
  return { opcode: bytes[0]! & 15, body: bytes.subarray(start, size), size }
}

const greeting = (url: URL): string =>
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `Origin: ${url.origin}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: v4.channel.k8s.io',
    '\r\n',
  ].join('\r\n')

export class Stream {
  readonly #socket: Socket
  readonly #channels = new Map<number, Buffer[]>()
  #bytes = Buffer.alloc(0)
  #open = false
  #ended = false

  constructor(address: string) {
    const url = new URL(address)
    this.#socket = connect(Number(url.port), url.hostname)
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('close', () => (this.#ended = true))
    // It ends; what is missing then is told by who waits for it.
    this.#socket.on('error', () => undefined)
    this.#socket.write(greeting(url))
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (!this.#open) {
      const end = this.#bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#open = this.#bytes.subarray(0, end).toString().startsWith('HTTP/1.1 101 ')
      this.#bytes = this.#bytes.subarray(end + 4)
    }
    for (let one = readFrame(this.#bytes); one !== undefined; one = readFrame(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(one.size)
      if (one.opcode === CLOSE) this.#socket.end()
      else if (one.body.length > 0) this.#channel(one.body[0]!).push(one.body.subarray(1))
    }
  }

  #channel(number: number): Buffer[] {
    const chunks = this.#channels.get(number) ?? []
    this.#channels.set(number, chunks)
    return chunks
  }

  /** What has come on a channel until now. */
  read(channel: number): Buffer {
    return Buffer.concat(this.#channel(channel))
  }

  async #wait(what: string, isSo: () => boolean): Promise<void> {
    for (let tries = 0; !isSo(); tries++) {
      if (tries === 2000) throw new Error(`not in time: ${what}, on ${this.#told()}`)
      await new Promise((done) => setTimeout(done, 20))
    }
  }

  #told(): string {
    return JSON.stringify([...this.#channels].map(([number]) => [number, `${this.read(number)}`]))
  }

  async send(channel: number, text: string): Promise<void> {
    await this.#wait('the connection', () => this.#open)
    this.#socket.write(frame(BINARY, Buffer.concat([Buffer.from([channel]), Buffer.from(text)])))
  }

  /** Waits for something on a channel. @returns all that has come on it */
  async until(channel: number, text: RegExp): Promise<string> {
    await this.#wait(`${text}`, () => text.test(`${this.read(channel)}`))
    return `${this.read(channel)}`
  }

  /** Waits until the server ends it. */
  async end(): Promise<void> {
    await this.#wait('the end', () => this.#ended)
  }

  close(): void {
    this.#socket.destroy()
  }
}
