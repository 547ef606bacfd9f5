import { release } from 'node:os'
import t from 'tap'
import { kernelRelease } from './uname.ts'

t.equal(kernelRelease(), release())
