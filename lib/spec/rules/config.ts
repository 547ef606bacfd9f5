/**
 * All rules for config.json. A config that breaks several is told about each.
 *
 * Where runc accepts what the spec leaves open, tsrun does too; the spec's MUSTs are all errors here.
 */
import type { Config, Resources } from '../types.ts'
import { annotations } from './annotations.ts'
import { devices } from './devices.ts'
import { hooks } from './hooks.ts'
import { intelRdt } from './intel-rdt.ts'
import { idMappings } from './id-mappings.ts'
import { mappedIds } from './mapped-ids.ts'
import { memoryPolicy } from './memory-policy.ts'
import { mountMappings, mounts } from './mounts.ts'
import { domainname, hostname, namespaces } from './namespaces.ts'
import { netDevices, netDevicesNamespace } from './net-devices.ts'
import { maskedPaths, readonlyPaths, restrictedPathsNamespace } from './restricted-paths.ts'
import { personality } from './personality.ts'
import { processRules } from './process.ts'
import { newResourceRules } from './resources.ts'
import { root } from './root.ts'
import type { Rule } from './rule.ts'
import { seccomp } from './seccomp.ts'
import { sysctl } from './sysctl.ts'
import { timeOffsets, timeOffsetsNamespace } from './time-offsets.ts'
import { version } from './version.ts'
import { within } from './within.ts'

/** Pointer of what many rules look into. */
const needs = '/linux/namespaces'

const resources = (config: Config): Resources | undefined => config.linux?.resources

export const configRules: ReadonlyArray<Rule<Config>> = [
  { check: version },
  { check: root },
  { about: ['annotations'], check: annotations },
  { about: ['process'], check: within('/process', (config) => config.process, processRules) },
  { about: ['hostname'], check: hostname, needs },
  { about: ['domainname'], check: domainname, needs },
  { about: ['mounts'], check: mounts },
  { about: ['mounts'], check: mountMappings, needs },
  { about: ['hooks'], check: hooks },
  { about: ['linux', 'namespaces'], check: namespaces },
  { about: ['linux'], check: idMappings, needs },
  { about: ['linux', 'uidMappings'], check: mappedIds, needs },
  { about: ['linux', 'timeOffsets'], check: timeOffsets },
  { about: ['linux', 'timeOffsets'], check: timeOffsetsNamespace, needs },
  { about: ['linux', 'devices'], check: devices },
  { about: ['linux', 'netDevices'], check: netDevices },
  { about: ['linux', 'netDevices'], check: netDevicesNamespace, needs },
  { about: ['linux', 'resources'], check: within('/linux/resources', resources, newResourceRules) },
  { about: ['linux', 'intelRdt'], check: intelRdt },
  { about: ['linux', 'memoryPolicy'], check: memoryPolicy },
  { about: ['linux', 'personality'], check: personality },
  { about: ['linux', 'sysctl'], check: sysctl, needs },
  { about: ['linux', 'seccomp'], check: seccomp },
  { about: ['linux', 'maskedPaths'], check: maskedPaths },
  { about: ['linux', 'readonlyPaths'], check: readonlyPaths },
  { about: ['linux'], check: restrictedPathsNamespace, needs },
]
