/**
 * The last step of the child: it becomes the stub. Never returns.
 *
 * The stub is a sealed memory file: an image whose program is `/proc/self/exe` finds that, and cannot
 * write to it, instead of the host's tsrun (CVE-2019-5736). It inherits the standard streams, the
 * preserved descriptors, the listening socket and the line; everything else is closed (CVE-2024-21626).
 */
import { Failure } from '../failure.ts'
import { execCalls } from '../linux/exec/plan.ts'
import { stubImage } from '../stub/image.ts'
import { lineFd, listenerFd, stubProgram } from '../stub/program.ts'
import type { StubCall } from '../stub/table.ts'
import { step } from '../sync/stage.ts'
import { hasCode } from '../sys/error.ts'
import {
  addSeals,
  closeRange,
  dup3,
  dupAbove,
  memfdCreate,
  setDescriptorFlags,
  write,
} from '../sys/file.ts'
import {
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
  O_CLOEXEC,
} from '../sys/flags/open.ts'
import { fexecve } from '../sys/process.ts'
import { reportFailure } from './failure.ts'
import type { InitFiles, InitPlan } from './plan.ts'

type LeavePlan = Pick<InitPlan, 'stub' | 'cwd' | 'args'>
type LeaveFiles = Pick<InitFiles, 'line' | 'listener'>

/** What `/proc/PID/exe` of a created container shows, after `/memfd:`. */
export const STUB_NAME = 'tsrun-init'

const EVERY_FD = 0xffffffff

const createStub = (): number => {
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING
  try {
    return memfdCreate(STUB_NAME, flags | MFD_EXEC)
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return memfdCreate(STUB_NAME, flags)
    throw new Failure('create an executable memory file', {
      cause: error,
      hint: 'sysctl vm.memfd_noexec must be below 2',
    })
  }
}

export const writeStub = (image: Uint8Array): number => {
  const stub = createStub()
  for (let done = 0; done < image.length;) {
    done += write(stub, image.subarray(done), image.length - done)
  }
  addSeals(stub, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
  return stub
}

/** Puts the descriptors where the stub's table expects them and closes all others. */
const arrangeDescriptors = (plan: LeavePlan, files: LeaveFiles, stub: number): number => {
  const line = lineFd(plan.stub)
  const listener = files.listener === undefined ? line : listenerFd(plan.stub)
  const image = listener + 1
  // First out of the way: one of the sources may have a number that is a target.
  const from = {
    listener: dupAbove(files.listener ?? files.line, image + 1),
    line: dupAbove(files.line, image + 1),
    stub: dupAbove(stub, image + 1),
  }
  dup3(from.listener, listener, 0)
  dup3(from.line, line, 0)
  dup3(from.stub, image, O_CLOEXEC)
  closeRange(image + 1, EVERY_FD, 0)
  for (let fd = 0; fd < line; fd++) setDescriptorFlags(fd, 0)
  return image
}

const chdir = (path: string): StubCall => ({
  call: 'chdir',
  args: [{ text: path }],
  doing: `enter working directory ${path}`,
  pointer: '/process/cwd',
})

/** @param enterAsUser whether the working directory is still to be entered, by the program's user */
export const becomeStub = (
  plan: LeavePlan,
  environment: readonly string[],
  enterAsUser: boolean,
  files: LeaveFiles,
): never => {
  step('start the stub')
  const become = enterAsUser ? [...plan.stub.become, chdir(plan.cwd)] : plan.stub.become
  const exec = execCalls(plan.args ?? [], environment)
  const calls = stubProgram({ ...plan.stub, become }, exec)
  const stub = writeStub(stubImage(calls, lineFd(plan.stub)))
  const image = arrangeDescriptors(plan, files, stub)
  try {
    return fexecve(image, ['tsrun', 'init'], [])
  } catch (error) {
    return reportFailure(error, lineFd(plan.stub))
  }
}
