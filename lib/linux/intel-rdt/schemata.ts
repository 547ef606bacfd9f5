/**
 * Lines of resctrl's `schemata`: `L3:0=ff;1=ff`, `MB:0=50`. Pure.
 * Kernel: Documentation/filesystems/resctrl.rst
 */

/** The resource, and what each domain (a cache, a socket) may have of it. */
interface Line {
  readonly resource: string
  readonly domains: ReadonlyMap<number, string>
}

/** Cache bit masks are hexadecimal, with any number of zeros in front; shares of bandwidth are decimal. */
const normal = (resource: string, value: string): string => {
  const text = value.trim().toLowerCase().replace(/^0x/, '')
  const isMask = /^L\d/.test(resource) && /^[\da-f]+$/.test(text)
  return isMask ? text.replace(/^0+(?=.)/, '') : text
}

const parseLine = (text: string): Line => {
  const [resource = '', rest = ''] = text.trim().split(':')
  const name = resource.trim()
  const domains = new Map<number, string>()
  for (const part of rest.split(';').filter((domain) => domain.includes('='))) {
    const [domain = '', value = ''] = part.split('=')
    domains.set(Number(domain), normal(name, value))
  }
  return { resource: name, domains }
}

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/**
 * Whether a line asks for what is in force. The kernel writes masks and domains in its own way, and a
 * domain that the line does not name may be anything.
 * @param current the file's content
 */
export const isInForce = (wanted: string, current: string): boolean => {
  const { resource, domains } = parseLine(wanted)
  const now = linesOf(current)
    .map(parseLine)
    .find((line) => line.resource === resource)
  if (!now) return false
  return [...domains].every(([domain, value]) => now.domains.get(domain) === value)
}
