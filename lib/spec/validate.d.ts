// Generated from schema/ by `npm run generate`: change the schemas instead.

import type { Config, Process, Resources } from './types.ts'

export const isConfig: (data: unknown) => data is Config
export const isProcess: (data: unknown) => data is Process
export const isResources: (data: unknown) => data is Resources
