/** Where npm put Bun's executable, which compiles tsrun and becomes part of it. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/**
 * npm moves the platform package's executable into `bun` when it runs install scripts, and leaves it
 * where it was when it does not: newer npm runs none unless told to.
 */
const places = [
  `@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : process.arch}/bin/bun`,
  'bun/bin/bun.exe',
]

/** Without install scripts `bun.exe` is a text file saying so. */
const isElf = (file: string): boolean => {
  const fd = openSync(file, 'r')
  try {
    const magic = Buffer.alloc(4)
    readSync(fd, magic)
    return magic.equals(Buffer.from('\x7fELF'))
  } finally {
    closeSync(fd)
  }
}

/** @throws Error naming the places searched, when there is none */
export const findCompiler = (root: string): string => {
  const files = places.map((place) => join(root, 'node_modules', place))
  const found = files.find((file) => existsSync(file) && isElf(file))
  if (found) return found
  throw new Error(`no Bun executable in ${files.join(' or ')}: run \`npm ci\` first`)
}
