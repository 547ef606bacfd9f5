/** errno(3): the numbers and their names, alike on x86-64 and arm64 (asm-generic/errno.h). */

/** A name's index is its number; the holes were never used. */
const names =
  ' EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM'.split(
    ' ',
  )

/** Those above 43 that tsrun meets. */
const others: Readonly<Record<number, string>> = {
  61: 'ENODATA',
  71: 'EPROTO',
  75: 'EOVERFLOW',
  87: 'EUSERS',
  88: 'ENOTSOCK',
  90: 'EMSGSIZE',
  91: 'EPROTOTYPE',
  95: 'EOPNOTSUPP',
  97: 'EAFNOSUPPORT',
  98: 'EADDRINUSE',
  99: 'EADDRNOTAVAIL',
  103: 'ECONNABORTED',
  104: 'ECONNRESET',
  105: 'ENOBUFS',
  107: 'ENOTCONN',
  110: 'ETIMEDOUT',
  111: 'ECONNREFUSED',
  114: 'EALREADY',
  115: 'EINPROGRESS',
  116: 'ESTALE',
  117: 'EUCLEAN',
  122: 'EDQUOT',
  123: 'ENOMEDIUM',
  125: 'ECANCELED',
  126: 'ENOKEY',
  127: 'EKEYEXPIRED',
  128: 'EKEYREVOKED',
  129: 'EKEYREJECTED',
}

/** The numbers that code compares with. */
export const EPERM = 1
export const ENOENT = 2
export const EINTR = 4
export const EBADF = 9
export const EAGAIN = 11
export const EACCES = 13
export const EFAULT = 14
export const EEXIST = 17
export const ENOTDIR = 20
export const EISDIR = 21
export const EINVAL = 22
export const ENAMETOOLONG = 36
export const ENOSYS = 38
export const ENODATA = 61

/** `2` → `'ENOENT'`; a number without a name prints as `E<number>`. */
export const errnoName = (number: number): string => {
  const name = names[number] ?? others[number]
  return name === undefined || name === '' || name === '-' ? `E${number}` : name
}
