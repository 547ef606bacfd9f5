/** Properties that are null. Pure. Runs in tsrun, for documents with a `null`. */

/** What has names of the user's own, of which the value says something; as the schemas have it. */
export const maps: ReadonlySet<string> = new Set([
  'annotations',
  'netDevices',
  'rdma',
  'sysctl',
  'unified',
])

/**
 * A copy without them. Go reads a null as if the property were not there, and a program that writes its empty
 * lists and maps that way has always got along with runc. What else is null (an item of a list, a value of a
 * map, the whole) is left to be refused.
 */
export const withoutNulls = (value: unknown, isMap = false): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item))
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = {}
  for (const [name, child] of Object.entries(value)) {
    if (child === null && !isMap) continue
    const below = withoutNulls(child, !isMap && maps.has(name))
    // Assigned, it would be the prototype.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: below, enumerable: true })
    else copy[name] = below
  }
  return copy
}
