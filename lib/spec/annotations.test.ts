import t from 'tap'
import {
  annotationOf,
  contextTypeOf,
  isSwitchedOn,
  parseFilter,
  withAnnotations,
} from './annotations.ts'
import type { Config } from './types.ts'

const config = (annotations: Record<string, string>, linux?: Config['linux']): Config => ({
  ociVersion: '1.0.0',
  annotations,
  ...(linux && { linux }),
})

t.equal(annotationOf({ ociVersion: '1.0.0' }, 'run.oci.pidfd_receiver'), undefined)
t.equal(annotationOf(config({ 'run.oci.pidfd_receiver': '' }), 'run.oci.pidfd_receiver'), undefined)
t.equal(annotationOf(config({ 'run.oci.pidfd_receiver': '/a' }), 'run.oci.pidfd_receiver'), '/a')

for (const [value, on] of [
  ['1', true],
  ['0', false],
  ['true', false],
] as const) {
  const named = config({ 'run.oci.keep_original_groups': value })
  t.equal(isSwitchedOn(named, 'run.oci.keep_original_groups'), on, value)
}

t.equal(contextTypeOf(config({})), 'context')
t.equal(contextTypeOf(config({ 'run.oci.mount_context_type': 'fscontext' })), 'fscontext')

/** `ret ALLOW` */
t.strictSame(parseFilter('BgAAAAAA/38='), Buffer.from([6, 0, 0, 0, 0, 0, 0xff, 0x7f]))
t.equal(parseFilter('BgAAAAAA_38='), undefined, 'another alphabet')
t.equal(parseFilter(''), undefined)
t.equal(parseFilter('BgAA'), undefined, 'half an instruction')
t.equal(parseFilter(Buffer.alloc(4097 * 8).toString('base64')), undefined, 'too many')

t.test('a receiver of the seccomp listener', async (t) => {
  const seccomp = { defaultAction: 'SCMP_ACT_ALLOW' } as const
  const receiver = { 'run.oci.seccomp.receiver': '/run/agent' }
  t.equal(withAnnotations(config(receiver, { seccomp })).linux?.seccomp?.listenerPath, '/run/agent')
  const own = { seccomp: { ...seccomp, listenerPath: '/run/own' } }
  t.equal(withAnnotations(config(receiver, own)).linux?.seccomp?.listenerPath, '/run/own')
  t.equal(withAnnotations(config(receiver)).linux, undefined, 'no filter')
})
