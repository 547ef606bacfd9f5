/**
 * The program of the process that keeps a scope open: it reads from descriptor 0 and ends. Pure. elf(5).
 *
 * A scope begins with a process in it and ends with the last one, and the container's own is born in
 * there only after it is made. So one waits there in the meantime, and ends by itself when tsrun dies:
 * some instructions and no memory of its own.
 */

/** read(0, stack, 1); exit_group(0) */
const PROGRAMS = {
  x64: {
    machine: 62,
    code: Buffer.from(
      [
        '31 ff', //          xor edi, edi
        '48 89 e6', //       mov rsi, rsp
        'ba 01 00 00 00', // mov edx, 1
        '31 c0', //          xor eax, eax
        '0f 05', //          syscall
        '31 ff', //          xor edi, edi
        'b8 e7 00 00 00', // mov eax, exit_group
        '0f 05', //          syscall
      ]
        .join('')
        .replaceAll(' ', ''),
      'hex',
    ),
  },
  arm64: {
    machine: 183,
    code: Buffer.from(
      Uint32Array.of(
        0xd2800000, // mov x0, #0
        0x910003e1, // mov x1, sp
        0xd2800022, // mov x2, #1
        0xd28007e8, // mov x8, #read
        0xd4000001, // svc #0
        0xd2800000, // mov x0, #0
        0xd2800bc8, // mov x8, #exit_group
        0xd4000001, // svc #0
      ).buffer,
    ),
  },
} as const

const BASE = 0x400000
const HEADERS = 64 + 56
const PT_LOAD = 1
const READ_EXECUTE = 5

export const anchorImage = (arch: keyof typeof PROGRAMS): Buffer => {
  const { machine, code } = PROGRAMS[arch]
  const image = Buffer.alloc(HEADERS + code.length)
  image.write('\x7fELF\x02\x01\x01', 'latin1')
  image.writeUInt16LE(2, 16) // ET_EXEC
  image.writeUInt16LE(machine, 18)
  image.writeUInt32LE(1, 20) // EV_CURRENT
  image.writeUInt32LE(BASE + HEADERS, 24) // e_entry
  image.writeUInt32LE(64, 32) // e_phoff
  image.writeUInt16LE(64, 52) // e_ehsize
  image.writeUInt16LE(56, 54) // e_phentsize
  image.writeUInt16LE(1, 56) // e_phnum
  image.writeUInt32LE(PT_LOAD, 64)
  image.writeUInt32LE(READ_EXECUTE, 68)
  image.writeUInt32LE(BASE, 80) // p_vaddr
  image.writeUInt32LE(BASE, 88) // p_paddr
  image.writeUInt32LE(image.length, 96) // p_filesz
  image.writeUInt32LE(image.length, 104) // p_memsz
  image.writeUInt32LE(0x1000, 112) // p_align
  code.copy(image, HEADERS)
  return image
}
