/**
 * PARENT. Descriptors that the caller wants the program to have.
 *
 * The numbers that the caller left free are ours by now (the engine's own, control files of cgroups), and
 * would be handed to the container in their place. Flags do not tell them apart: the engine sets
 * close-on-exec on all from 4 on. But the kernel gives out the lowest free number, and the first that the
 * engine asks for is its epoll(7) instance: it sits in the first gap.
 */
import { Failure } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import { readLink } from '../sys/host.ts'

const FIRST = 3

const isHandedOver = (file: number): boolean => {
  try {
    return readLink(`/proc/self/fd/${file}`) !== 'anon_inode:[eventpoll]'
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

/** @throws Failure when one of the `count` descriptors from 3 on was not handed over */
export const checkPreserved = (count: number): void => {
  for (let file = FIRST; file < FIRST + count; file++) {
    if (isHandedOver(file)) continue
    throw new Failure(`preserve ${count} descriptors: ${file} is not open`, {
      hint: 'the caller has to open all of them, from 3 on',
    })
  }
}
