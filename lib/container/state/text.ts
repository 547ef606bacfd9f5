/** PARENT. A container's state as others read it. Spec: runtime.md, "State". */
import type { ContainerState, Status } from './state.ts'

/** What hooks and seccomp agents read. */
export const stateText = (state: ContainerState, status: Status): string =>
  JSON.stringify({
    ociVersion: state.ociVersion,
    id: state.id,
    status,
    ...(status !== 'stopped' && { pid: state.init.pid }),
    bundle: state.bundle,
    ...(state.annotations && { annotations: state.annotations }),
  })
