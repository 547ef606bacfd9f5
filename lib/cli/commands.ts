/** All commands, in the order of the help. */
import type { Command } from './command.ts'
import { checkpointCommand, restoreCommand } from './commands/checkpoint.ts'
import { createCommand } from './commands/create.ts'
import { deleteCommand } from './commands/delete.ts'
import { eventsCommand } from './commands/events.ts'
import { execCommand } from './commands/exec.ts'
import { featuresCommand } from './commands/features.ts'
import { killCommand } from './commands/kill.ts'
import { listCommand } from './commands/list.ts'
import { pauseCommand, resumeCommand } from './commands/pause.ts'
import { psCommand } from './commands/ps.ts'
import { runCommand } from './commands/run.ts'
import { specCommand } from './commands/spec.ts'
import { startCommand } from './commands/start.ts'
import { stateCommand } from './commands/state.ts'
import { updateCommand } from './commands/update.ts'

export const commands: Readonly<Record<string, Command>> = {
  create: createCommand,
  start: startCommand,
  run: runCommand,
  exec: execCommand,
  state: stateCommand,
  list: listCommand,
  ps: psCommand,
  kill: killCommand,
  delete: deleteCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  update: updateCommand,
  events: eventsCommand,
  spec: specCommand,
  features: featuresCommand,
  checkpoint: checkpointCommand,
  restore: restoreCommand,
}
