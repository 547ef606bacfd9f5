#!/usr/bin/env node
/** The program: arguments in, exit status out. */
import { main } from '../lib/cli/main.ts'

process.exitCode = main(process.argv.slice(2))
