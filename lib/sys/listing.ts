/** Machine code as it is written here, an instruction a line: hexadecimal, with spaces to read it by. Pure. */

export const bytesOf = (instructions: readonly string[]): Buffer =>
  Buffer.from(instructions.join('').replaceAll(' ', ''), 'hex')
