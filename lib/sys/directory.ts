/** The names in a directory, by descriptor: getdents64(2). */
import { bindSyscall, fd } from './bind.ts'
import { decodeName } from './file-name.ts'

const getdents = bindSyscall<[fd: number, buffer: Uint8Array, size: number]>(
  'getdents64',
  ['int', 'void *', 'uint'],
  { print: [fd] },
)

/** struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name. */
const NAME_OFFSET = 19

/** @param directory opened O_RDONLY, at its beginning */
export const readDirectory = (directory: number): readonly string[] => {
  const names: string[] = []
  const buffer = Buffer.alloc(4096)
  for (let size; (size = getdents(directory, buffer, buffer.length)) > 0;) {
    for (let offset = 0; offset < size; offset += buffer.readUInt16LE(offset + 16)) {
      const start = offset + NAME_OFFSET
      const name = decodeName(buffer.subarray(start, buffer.indexOf(0, start)))
      if (name !== '.' && name !== '..') names.push(name)
    }
  }
  return names
}
