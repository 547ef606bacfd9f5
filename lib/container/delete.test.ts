import { test } from 'tap'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { destroy } from './delete.ts'

const request = (root: string, id: string) => ({
  root,
  id,
  force: true,
  systemdCgroup: false,
  rootless: false,
})

const put = (directory: string, ...names: string[]): void => {
  mkdirSync(directory, { recursive: true })
  for (const name of names) writeFileSync(join(directory, name), name)
}

void test('what is left of a create that was killed goes', async (t) => {
  const root = t.testdir()
  for (const [id, names] of Object.entries({
    nothing: [],
    config: ['config.json'],
    temporary: ['config.json', '.state.json'],
  })) {
    put(join(root, id), ...names)
    destroy(request(root, id))
    t.strictSame(readdirSync(root), [], id)
  }
  put(join(root, 'notified/notify'), 'notify.sock')
  destroy(request(root, 'notified'))
  t.strictSame(readdirSync(root), [], 'notified')
})

void test('a directory that is no container stays as it is', async (t) => {
  const root = t.testdir()
  put(join(root, 'other'), 'config.json', 'passwd')
  put(join(root, 'bundle/rootfs'))
  put(join(root, 'bundle'), 'config.json')
  for (const id of ['other', 'bundle']) {
    t.throws(() => destroy(request(root, id)), { code: 'STATE_DAMAGED' }, id)
  }
  t.strictSame(readdirSync(join(root, 'other')).toSorted(), ['config.json', 'passwd'])
  t.strictSame(readdirSync(join(root, 'bundle')).toSorted(), ['config.json', 'rootfs'])
})

void test('a link is not followed', async (t) => {
  const base = t.testdir()
  const root = join(base, 'root')
  const host = join(base, 'host')
  mkdirSync(root)
  put(host, 'config.json')
  put(join(base, 'more'), 'passwd')
  symlinkSync(host, join(root, 'link'))
  symlinkSync(join(base, 'more'), join(root, 'more'))
  for (const id of ['link', 'more']) {
    t.throws(() => destroy(request(root, id)), { code: 'STATE_DAMAGED' }, id)
  }
  t.equal(readFileSync(join(host, 'config.json'), 'utf8'), 'config.json')
  t.equal(readFileSync(join(base, 'more/passwd'), 'utf8'), 'passwd')
})

void test('a state that tsrun did not write is damaged', async (t) => {
  const root = t.testdir()
  for (const text of ['null', '{}', '[]', '"x"', '{"id":"x"}', '{"id":1,"init":{"pid":1}}']) {
    put(join(root, 'x'))
    writeFileSync(join(root, 'x/state.json'), text)
    t.throws(() => destroy(request(root, 'x')), { code: 'STATE_DAMAGED' }, text)
  }
})
