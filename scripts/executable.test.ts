import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { alignCode, renameVariables } from './executable.ts'

const root = join(import.meta.dirname, '..')
const HUGE_PAGE = 0x20_0000n

interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: bigint
  readonly address: bigint
  readonly size: bigint
}

const segmentsOf = (file: Buffer): readonly Segment[] => {
  const start = Number(file.readBigUInt64LE(0x20))
  return Array.from({ length: file.readUInt16LE(0x38) }, (_, i) => {
    const at = start + i * 56
    return {
      type: file.readUInt32LE(at),
      flags: file.readUInt32LE(at + 4),
      offset: file.readBigUInt64LE(at + 8),
      address: file.readBigUInt64LE(at + 16),
      size: file.readBigUInt64LE(at + 32),
    }
  })
}

const code = ({ type, flags }: Segment): boolean => type === 1 && (flags & 1) === 1

t.test('variables are renamed where they are looked up', async (t) => {
  const program = Buffer.from(
    'BUN_OPTIONS\0BUN_INSPECT\0BUN_BE_BUN\0JavaScriptCoreUseJIT\0BUN_OPTIONS\0',
  )
  renameVariables(program)
  const names = program.toString('latin1').split('\0')
  t.notOk(names.includes('BUN_OPTIONS') || names.includes('JavaScriptCoreUseJIT'))
  t.equal(names.filter((name) => name === 'PATH').length, 1)
  t.throws(() => renameVariables(Buffer.from('BUN_OPTIONS\0')), /does not know BUN_INSPECT/)
})

t.test('code lies where huge pages can map it', async (t) => {
  // What is an executable anyway: the engine that runs this.
  const before = readFileSync(process.execPath)
  const after = alignCode(before)
  const [was, is] = [segmentsOf(before), segmentsOf(after)]
  const [segment] = is.filter(code)
  t.equal((segment!.address - segment!.offset) % HUGE_PAGE, 0n)
  for (const [i, { offset, size, address }] of is.entries()) {
    const old = was[i]!
    t.equal(address, old.address)
    const bytes = after.subarray(Number(offset), Number(offset + size))
    const expected = before.subarray(Number(old.offset), Number(old.offset + old.size))
    // The headers tell of the move themselves.
    if (offset > 0x1000n) t.ok(bytes.equals(expected), `segment ${i} is what it was`)
  }
})

t.test('so it does in the program', async (t) => {
  const [segment] = segmentsOf(readFileSync(join(root, 'dist/tsrun'))).filter(code)
  t.equal((segment!.address - segment!.offset) % HUGE_PAGE, 0n)
})
