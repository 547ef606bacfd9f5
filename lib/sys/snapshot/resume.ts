/** What a process that goes on from the snapshot has to learn of itself, and what the engine would have set up. */
import { handOver } from '../caller.ts'
import { isOpen, openat } from '../file.ts'
import { AT_FDCWD, O_RDWR } from '../flags/open.ts'
import { RLIMIT_NOFILE } from '../flags/process.ts'
import { SIGPIPE, SIGXFSZ } from '../flags/signal.ts'
import { libc } from '../koffi.ts'
import { getrlimit, setrlimit } from '../process.ts'
import { ignoreSignal } from '../signal.ts'
import { readBeginning, viewOf } from './beginning.ts'
import { findHeap } from './heap.ts'

/** Some callers allow few descriptors at first, and a container with many mounts takes one for each. */
const allowDescriptors = (): void => {
  const { soft, hard } = getrlimit(RLIMIT_NOFILE)
  if (soft < hard) setrlimit(RLIMIT_NOFILE, hard, hard)
}

/**
 * What an engine does that starts cold: /dev/null for closed streams, writing where nobody reads is an error, and
 * as many descriptors as are allowed.
 */
const beginLikeAnEngine = (): void => {
  for (const stream of [0, 1, 2]) {
    if (!isOpen(stream)) openat(AT_FDCWD, '/dev/null', O_RDWR)
  }
  for (const signal of [SIGPIPE, SIGXFSZ]) ignoreSignal(signal)
  allowDescriptors()
}

/** environ(7): for libraries that ask the C library, such as libsystemd. */
const setEnviron = (variables: bigint): void =>
  void viewOf(libc.symbol('environ') as bigint, 8).writeBigUInt64LE(variables)

/**
 * @param stack as the kernel made it
 * @returns the arguments
 */
export const resume = (stack: bigint): readonly string[] => {
  findHeap()
  const { argv, environment, environ } = readBeginning(stack)
  setEnviron(environ)
  handOver(environment)
  beginLikeAnEngine()
  return argv.slice(1)
}
