/** SHA-256. Bun has it built in; loading node:crypto takes it longer than the filter would. */

interface Hasher {
  update: (data: string | Uint8Array) => Hasher
  digest: (encoding: 'hex') => string
}

export const sha256 = (): Hasher => {
  const { Bun } = globalThis as { Bun?: { CryptoHasher: new (name: string) => Hasher } }
  if (Bun) return new Bun.CryptoHasher('sha256')
  return process.getBuiltinModule('node:crypto').createHash('sha256')
}
