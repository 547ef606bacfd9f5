/** Names of the host's users, passwd(5). */
import { readTextFile } from '../sys/text-file.ts'

/** Empty for a user without a name, as with runc. */
export const userName = (uid: number): string => {
  try {
    for (const line of readTextFile('/etc/passwd').split('\n')) {
      const fields = line.split(':')
      if (fields[2] === String(uid)) return fields[0] ?? ''
    }
  } catch {
    // A host without /etc/passwd has no names.
  }
  return ''
}
