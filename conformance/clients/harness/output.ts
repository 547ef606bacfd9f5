/** 100 MB through a client, to the byte. */
import type { Host, LineOptions } from './host.ts'

/** Numbers, in lines of 48,888 bytes: no buffer's size divides that, so that none is lost, doubled or moved unseen. */
export const SCRIPT = 'yes "$(seq -s " " 9999)" | head -c 100000000'

/** What containers of one program run. */
export const COMMAND = `sh -c '${SCRIPT}'`

/** @param line runs `SCRIPT` in a container, and writes what that wrote */
export const expectOutput = async (
  host: Host,
  line: string,
  options: LineOptions = {},
): Promise<void> => {
  const sum = await host.expect(`${SCRIPT} | sha256sum`)
  await host.expect(`${line} | sha256sum`, { ...options, stdout: sum })
}
