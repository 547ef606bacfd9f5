/** PARENT. Which hooks run when. Spec: runtime.md, "Lifecycle"; config.md, "POSIX-platform Hooks". */
import { describe } from '../../failure.ts'
import { warn } from '../../log.ts'
import { parseSavedConfig } from '../../spec/saved.ts'
import type { Config, Hook } from '../../spec/types.ts'
import { hasCode } from '../../sys/error.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { runHook } from './hook.ts'
import { placeOf, type Point } from './place.ts'
import { stateText } from '../state/text.ts'
import type { ContainerState, Status } from '../state/state.ts'

/** Whether the config has any. */
export const hasHooks = ({ hooks = {} }: Config): boolean =>
  Object.values(hooks).some((list: readonly Hook[] | undefined) => (list?.length ?? 0) > 0)

/**
 * @param root `--root`, where compiled seccomp filters are kept; nothing of one that only hooks inside get
 * @throws Failure of the first hook that fails
 */
export const runHooks = (
  point: Point,
  config: Config,
  state: ContainerState,
  status: Status,
  root = '',
): void => {
  const hooks: readonly Hook[] = config.hooks?.[point] ?? []
  if (hooks.length === 0) return
  const text = stateText(state, status)
  const place = placeOf(point, config, state, root)
  hooks.forEach((hook, i) => runHook(hook, `/hooks/${point}/${i}`, text, place))
}

/** The container is gone: what fails now is told and does not keep the others from running. */
export const runPoststop = (config: Config, state: ContainerState): void => {
  const text = stateText(state, 'stopped')
  config.hooks?.poststop?.forEach((hook, i) => {
    try {
      runHook(hook, `/hooks/poststop/${i}`, text, placeOf('poststop', config, state, ''))
    } catch (error) {
      warn(describe(error))
    }
  })
}

/** The config as it was at `create`; empty where a killed create has left none. */
export const savedConfig = (directory: string): Config | undefined => {
  try {
    const text = readTextFile(`${directory}/config.json`)
    // Most containers have neither hooks nor a seccomp listener, and parsing takes longer than looking.
    return /"(hooks|SCMP_ACT_NOTIFY)"/.test(text) ? parseSavedConfig(text) : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
