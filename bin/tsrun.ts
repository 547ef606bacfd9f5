#!/usr/bin/env node
/** The program: arguments in, exit status out. */
import { main } from '../lib/cli/main.ts'

// Everything is written when main returns; waiting for the engine to find out takes 0.1 ms.
process.exit(main(process.argv.slice(2)))
