/** The resctrl file system of this host: where it is, and what it can do. Parent. */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { listDirectory } from '../../sys/host.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'

/** Its mount point, from the text of /proc/self/mountinfo. */
export const findMount = (mountinfo: string): string | undefined => {
  const line = mountinfo.split('\n').find((text) => / - resctrl /.test(text))
  return line
    ?.split(' ')[4]
    ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** @throws Failure where it is not mounted */
export const findResctrl = (): string => {
  const root = findMount(readTextFile('/proc/self/mountinfo'))
  if (root !== undefined) return root
  throw new Failure('intelRdt is specified in config, but Intel RDT is not supported or enabled', {
    code: 'NO_RESCTRL',
    pointer: '/linux/intelRdt',
    hint: 'the processor needs RDT and the kernel CONFIG_X86_CPU_RESCTRL; then "mount -t resctrl resctrl /sys/fs/resctrl"',
  })
}

/** `''` where there is no such file. */
export const tryRead = (path: string): string => {
  try {
    return readTextFile(path).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return ''
    throw error
  }
}

/** The resources that are under control: `L3`, `L3CODE`, `MB`. */
export const resources = (root: string): readonly string[] => {
  try {
    return listDirectory(`${root}/info`).filter(
      (name) => /^(L\d|MB|SMBA)/.test(name) && !name.endsWith('_MON'),
    )
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

export const canMonitor = (root: string): boolean =>
  tryRead(`${root}/info/L3_MON/mon_features`) !== ''

/** Runs `action`; what it throws gains the kernel's own words about it. */
export const explained = <T>(root: string, what: string, pointer: string, action: () => T): T => {
  try {
    return action()
  } catch (cause) {
    const said = tryRead(`${root}/info/last_cmd_status`)
    throw new Failure(what, {
      cause,
      code: 'RESCTRL',
      pointer,
      ...(said !== '' && said !== 'ok' && { hint: `the kernel says: ${said}` }),
    })
  }
}

/** These files take whole lines, and what was written before stays. */
export const writeLines = (file: string, lines: readonly string[]): void =>
  writeTextFile(file, lines.map((line) => `${line}\n`).join(''), 0)
