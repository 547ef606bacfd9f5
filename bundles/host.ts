/** What this process sees of the host, to compare with what a bundle's process saw. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

export const hostNamespace = (name: string): string => readlinkSync(`/proc/self/ns/${name}`)

export const hostProcesses = (): number =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length

/** In the kernel's order. */
export const hostInterfaces = (): string =>
  [...readFileSync('/proc/net/dev', 'utf8').matchAll(/^ *([^ :]+):/gm)]
    .map((match) => match[1])
    .join(' ')
