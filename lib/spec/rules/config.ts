/**
 * All rules for config.json. A config that breaks several is told about each.
 *
 * Where runc accepts what the spec leaves open, tsrun does too; the spec's MUSTs are all errors here.
 */
import type { Config } from '../types.ts'
import { annotations } from './annotations.ts'
import { devices } from './devices.ts'
import { hooks } from './hooks.ts'
import { intelRdt } from './intel-rdt.ts'
import { idMappings } from './id-mappings.ts'
import { memoryPolicy } from './memory-policy.ts'
import { mountMappings, mounts } from './mounts.ts'
import { domainname, hostname, namespaces } from './namespaces.ts'
import { netDevices, netDevicesNamespace } from './net-devices.ts'
import { maskedPaths, readonlyPaths, restrictedPathsNamespace } from './restricted-paths.ts'
import { personality } from './personality.ts'
import { processRules } from './process.ts'
import { memorySwap, resourceRules } from './resources.ts'
import { root } from './root.ts'
import type { Rule } from './rule.ts'
import { seccomp } from './seccomp.ts'
import { sysctl } from './sysctl.ts'
import { timeOffsets, timeOffsetsNamespace } from './time-offsets.ts'
import { version } from './version.ts'
import { within } from './within.ts'

const onNamespaces = { needs: '/linux/namespaces' }

export const configRules: ReadonlyArray<Rule<Config>> = [
  { check: version },
  { check: root },
  { check: annotations },
  { check: within('/process', (config) => config.process, processRules) },
  { check: hostname, ...onNamespaces },
  { check: domainname, ...onNamespaces },
  { check: mounts },
  { check: mountMappings, ...onNamespaces },
  { check: hooks },
  { check: namespaces },
  { check: idMappings, ...onNamespaces },
  { check: timeOffsets },
  { check: timeOffsetsNamespace, ...onNamespaces },
  { check: devices },
  { check: netDevices },
  { check: netDevicesNamespace, ...onNamespaces },
  { check: within('/linux/resources', (config) => config.linux?.resources, resourceRules) },
  { check: within('/linux/resources', (config) => config.linux?.resources, [memorySwap]) },
  { check: intelRdt },
  { check: memoryPolicy },
  { check: personality },
  { check: sysctl, ...onNamespaces },
  { check: seccomp },
  { check: maskedPaths },
  { check: readonlyPaths },
  { check: restrictedPathsNamespace, ...onNamespaces },
]
