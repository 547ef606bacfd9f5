/**
 * Files and commands as the pages of docs/ have them: what is tried is what is written there.
 *
 * A file is a fenced block after a line that begins with its path in backquotes and ends with a colon.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A compiled program has none beside it. */
const docs = process.env['CLIENT_DOCS'] ?? join(import.meta.dirname, '../../../docs')

const page = (name: string): string => readFileSync(join(docs, name), 'utf8')

/** The files of a page by their paths. */
export const filesOf = (name: string): ReadonlyMap<string, string> => {
  const blocks = page(name).matchAll(/^`([/~][^`]*)`[^\n]*:\n\n```\w*\n([\s\S]*?)^```/gm)
  return new Map([...blocks].map(([, path = '', text = '']) => [path, text]))
}

/** The commands of a page in their order: its blocks of `sh`, under the heading they stand below. */
export const commandsOf = (name: string): readonly { heading: string; text: string }[] => {
  let heading = ''
  return [...page(name).matchAll(/^#+ (.*)$|^```sh\n([\s\S]*?)^```/gm)].flatMap(
    ([, title, text]) => {
      if (title !== undefined) heading = title
      return text === undefined ? [] : [{ heading, text }]
    },
  )
}

/** As the pages say that it is where systemd runs: its cgroups and its journal, which are the clients' defaults. */
export const forSystemd = (text: string): string =>
  text
    .replace(/^(cgroup_manager|events_logger) = .*\n/gm, '')
    .replace(/^(\s*)# (SystemdCgroup = true)$/m, '$1$2')
