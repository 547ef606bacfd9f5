/** The commands of docs/first-container.md, as they are written there. */
import { commandsOf } from './harness/documentation.ts'
import type { Client } from './harness/client.ts'

export const firstContainer: Client = {
  name: 'first-container',
  programs: { umoci: 'umoci', skopeo: 'skopeo', mmdebstrap: 'mmdebstrap', jq: 'jq' },
  // mmdebstrap fetches Debian's packages.
  network: 'host',
  run: async (host) => {
    await host.expect(
      'printf \'#!/bin/sh\\nexec "$@"\\n\' > /usr/local/bin/sudo; chmod +x /usr/local/bin/sudo',
    )
    for (const { heading, text } of commandsOf('first-container.md')) {
      for (const [command, answer] of text
        .split(/^\$ /m)
        .slice(1)
        .map((block) => /^((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(block) ?? [])
        .map(([, line = '', said = '']) => [line, said] as const)) {
        await host.step(`${heading}: ${command.split('\n')[0]}`, () =>
          host.expect(command, { stdout: answer, patience: 300_000 }),
        )
      }
    }
  },
}
