/** INSIDE. AppArmor's profile of the program: in force from the next execve(2) on. aa_change_onexec(2) */
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { writeAttribute } from '../attributes/inside.ts'

export const applyApparmor = (profile: string, proc: number): void => {
  step(`apply AppArmor profile ${profile}`, '/process/apparmorProfile')
  const value = `exec ${profile}`
  try {
    writeAttribute(proc, 'apparmor/exec', value)
  } catch (error) {
    // Before Linux 5.8 there are no files for AppArmor alone. A profile that is not loaded is ENOENT, too, and
    // stays so.
    if (!hasCode(error, 'ENOENT')) throw error
    writeAttribute(proc, 'exec', value)
  }
}
