import {
  PR_CAPBSET_DROP,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_RAISE,
  PR_SET_NO_NEW_PRIVS,
} from '../../sys/flags/process.ts'
import { planCapabilities } from '../capabilities/plan.ts'
import { credentialCalls, type CredentialsPlan } from './plan.ts'
import t from 'tap'

const ALL = (1n << 41n) - 1n
const base: CredentialsPlan = {
  user: { uid: 1, gid: 2, additionalGids: [3, 4] },
  capabilities: planCapabilities({}, ALL),
  maySetGroups: true,
  noNewPrivileges: false,
  keep: 0n,
}
const names = (plan: CredentialsPlan) => credentialCalls(plan).map(({ call }) => call)

t.test(
  'the bounding set shrinks first, groups and ids follow, capabilities come last',
  async (t) => {
    const order = names(base).filter((call, i, all) => call !== all[i - 1])
    t.same(order, ['prctl', 'setgroups', 'setresgid', 'setresuid', 'capset', 'prctl'])
    t.equal(
      credentialCalls(base).filter(({ args: [option] }) => option === PR_CAPBSET_DROP).length,
      41,
    )
  },
)

t.test('groups are left alone where they may not be set', async (t) => {
  t.notOk(names({ ...base, maySetGroups: false }).includes('setgroups'))
})

t.test('no_new_privs is set only where it is asked for', async (t) => {
  const sets = (plan: CredentialsPlan) =>
    credentialCalls(plan).some(({ args: [option] }) => option === PR_SET_NO_NEW_PRIVS)
  t.notOk(sets(base))
  t.ok(sets({ ...base, noNewPrivileges: true }))
})

t.test('ambient capabilities are raised after they are inheritable', async (t) => {
  const set = ['CAP_KILL']
  const capabilities = planCapabilities(
    { bounding: set, permitted: set, inheritable: set, ambient: set },
    ALL,
  )
  const calls = credentialCalls({ ...base, capabilities })
  const raise = calls.findIndex(
    ({ args: [option, what, capability] }) =>
      option === PR_CAP_AMBIENT && what === PR_CAP_AMBIENT_RAISE && capability === 5,
  )
  t.ok(raise > calls.findIndex(({ call }) => call === 'capset'))
})

t.test('what is inheritable but leaves the bounding set is made so before', async (t) => {
  const capabilities = planCapabilities({ inheritable: ['CAP_KILL'] }, ALL)
  t.equal(names({ ...base, capabilities })[0], 'capset')
})

t.test('what is kept for the last moment stays in the sets', async (t) => {
  const keep = 1n << 21n
  const capset = credentialCalls({ ...base, keep }).find(({ call }) => call === 'capset')!
  const { bytes } = capset.args[1] as { bytes: Uint8Array }
  t.equal(Buffer.from(bytes).readUInt32LE(0), Number(keep), 'effective')
  t.equal(Buffer.from(bytes).readUInt32LE(4), Number(keep), 'permitted')
  t.equal(Buffer.from(bytes).readUInt32LE(8), 0, 'inheritable')
})
