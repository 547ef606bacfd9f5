/**
 * Our schemas against the specification's own: the same verdict on its good and bad files, and on some
 * thousand configs that are wrong in one place. OCI_SCHEMA_DIR names the `schema` directory of a checkout
 * of the runtime specification, 1.3.0.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import t from 'tap'
import { validators, type DocumentName } from '../lib/spec/validate-all.js'
import { isConfig } from '../lib/spec/validate.js'
import type { Json } from './read.ts'
import { everything } from './test/everything.ts'
import { mutants, type Mutant } from './test/mutate.ts'

const directory = process.env['OCI_SCHEMA_DIR'] ?? ''

/** Its schemas are draft-04, of which they use nothing that later drafts lack. */
const oracles = (): Record<string, ValidateFunction> => {
  const ajv = new Ajv({ strictSchema: false, allErrors: false, logger: false })
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.json'))) {
    const schema = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<
      string,
      unknown
    >
    delete schema['$schema']
    ajv.addSchema(schema, file)
  }
  const named = (file: string): ValidateFunction => {
    const validate = ajv.getSchema(file)
    if (!validate) throw new Error(`no ${file} in ${directory}`)
    return validate as ValidateFunction
  }
  return {
    config: named('config-schema.json'),
    state: named('state-schema.json'),
    features: named('features-schema.json'),
  }
}

const names: Readonly<Record<string, DocumentName>> = {
  config: 'Config',
  state: 'State',
  features: 'Features',
}

/** Its files that we judge otherwise, and why. */
const otherVerdict: Readonly<Record<string, string>> = {
  'config/bad/freebsd-vnet-disable.json': 'what is for other systems is ignored on Linux',
}

interface Difference {
  readonly why: string
  readonly ours: 'stricter' | 'laxer'
  readonly applies: (mutant: Mutant) => boolean
}

const at =
  (pattern: RegExp) =>
  ({ pointer }: Mutant): boolean =>
    pattern.test(pointer)

const isGone = ({ value }: Mutant): boolean => value === undefined

const is =
  (...values: readonly Json[]) =>
  ({ value }: Mutant): boolean =>
    values.some((candidate) => candidate === value)

const all =
  (...tests: readonly Difference['applies'][]) =>
  (mutant: Mutant): boolean =>
    tests.every((test) => test(mutant))

/** Every difference that there is between the two, with its reason. */
const differences: readonly Difference[] = [
  {
    why: 'the prose requires these',
    ours: 'stricter',
    applies: all(
      at(/(throttle\w+Device\/\d+\/rate|memoryPolicy\/mode|personality\/domain)$/),
      isGone,
    ),
  },
  {
    why: 'an object that lacks what the prose requires',
    ours: 'stricter',
    applies: all(at(/(memoryPolicy|personality)$/), ({ value }) => typeof value === 'object'),
  },
  {
    why: 'the limits of resource limits have names that the kernel knows',
    ours: 'stricter',
    applies: at(/rlimits\/\d+\/type$/),
  },
  { why: 'the kernel has -1000 to 1000', ours: 'stricter', applies: at(/oomScoreAdj$/) },
  {
    why: 'properties of 1.1.0 to 1.2.1 that 1.3.0 has dropped',
    ours: 'stricter',
    applies: at(/intelRdt\/enable(CMT|MBM)$/),
  },
  {
    why: 'a double rounds the largest 64-bit integers up, to what is too large',
    ours: 'stricter',
    applies: is(2 ** 63, 2 ** 64),
  },
  {
    why: 'its pattern for names lets anything be under the empty one',
    ours: 'stricter',
    applies: all(
      at(/(annotations|sysctl|unified)$/),
      ({ value }) => value !== null && typeof value === 'object' && '' in value,
    ),
  },
  {
    why: 'callers of runc write rshared, rslave and rprivate',
    ours: 'laxer',
    applies: all(at(/rootfsPropagation$/), is('rshared')),
  },
  {
    why: 'callers pass the type and setuid bits of st_mode, too',
    ours: 'laxer',
    applies: at(/devices\/\d+\/fileMode$/),
  },
  {
    why: 'pids.limit is optional since 1.3.0',
    ours: 'laxer',
    applies: all(at(/pids\/limit$/), isGone),
  },
  {
    why: 'pids.limit is optional since 1.3.0',
    ours: 'laxer',
    applies: all(at(/pids$/), ({ value }) => typeof value === 'object'),
  },
]

const skip = directory === '' && 'OCI_SCHEMA_DIR is not set'

t.test('its good and bad files', { skip }, (t) => {
  const validate = oracles()
  for (const kind of Object.keys(names)) {
    for (const verdict of ['good', 'bad']) {
      for (const file of readdirSync(join(directory, 'test', kind, verdict))) {
        const path = `${kind}/${verdict}/${file}`
        const text = readFileSync(join(directory, 'test', path), 'utf8')
        const isGood = (judge: (document: unknown) => boolean): boolean => {
          try {
            return judge(JSON.parse(text))
          } catch {
            return false
          }
        }
        const name = names[kind] ?? 'Config'
        const theirs = isGood((document) => validate[kind]?.(document) === true)
        const ours = isGood((document) => validators()[name](document).length === 0)
        t.equal(theirs, verdict === 'good', `${path}: the oracle works`)
        t.equal(ours, path in otherVerdict ? !theirs : theirs, path)
      }
    }
  }
  t.end()
})

t.test('configs that are wrong in one place', { skip }, (t) => {
  const validate = oracles()['config']
  const example = readFileSync(join(directory, 'test/config/good/spec-example.json'), 'utf8')
  let compared = 0
  const used = new Set<Difference>()
  const unexplained: string[] = []
  for (const original of [everything as Json, JSON.parse(example) as Json]) {
    for (const mutant of mutants(original)) {
      compared++
      const theirs = validate?.(mutant.document) === true
      const ours = isConfig(mutant.document)
      if (theirs === ours) continue
      const reason = differences.find(
        (difference) => (difference.ours === 'laxer') === ours && difference.applies(mutant),
      )
      if (reason) used.add(reason)
      else unexplained.push(`${mutant.pointer} ${mutant.change}: ${theirs} is ${ours} with us`)
    }
  }
  t.same(unexplained, [], `${compared} configs`)
  t.same(
    differences.filter((difference) => !used.has(difference)),
    [],
    'every reason is needed',
  )
  t.ok(compared > 5000)
  t.end()
})
