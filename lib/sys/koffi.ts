/**
 * Loads koffi, the door to libc, in whichever engine runs.
 *
 * The shipped binary loads `koffi.node` from its own directory, the one place that belongs to whoever
 * installed it: Bun would unpack an embedded addon to a predictable name in /tmp, where any local user
 * could have put another file before. Loading the addon itself instead of koffi's package index takes
 * 1 ms instead of 8.
 */
import type koffi from 'koffi'

export type Koffi = typeof koffi

/** Set by the build; absent when the sources run under Node. */
declare const TSRUN_COMPILED: boolean | undefined

const beside = (file: string, name: string): string =>
  `${file.slice(0, file.lastIndexOf('/'))}/${name}`

const addonPath = (): string => {
  if (typeof TSRUN_COMPILED !== 'undefined') return beside(process.execPath, 'koffi.node')
  const { createRequire } = process.getBuiltinModule('node:module')
  const require = createRequire(import.meta.url)
  const arch = process.arch
  const packageFile = require.resolve(`@koromix/koffi-linux-${arch}/package.json`)
  return beside(packageFile, `linux_${arch}/koffi.node`)
}

const load = (): Koffi => {
  const module = { exports: {} as Koffi }
  process.dlopen(module, addonPath())
  return module.exports
}

export const ffi: Koffi = load()

/** The symbols of this process, libc's among them: the same on glibc and musl. */
export const libc = ffi.load(null)
