/** runtime-linux.md#file-descriptors: three, and those that were asked for. */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

/** From another process: whoever lists a directory has it open. */
const LIST = '(for f in /proc/1/fd/*; do echo ${f##*/}; done); :'

conform('only standard input, output and error', (t, box) => {
  t.equal(box.sh(LIST).stdout, '0\n1\n2\n')
})

conform('nothing that the caller had open', (t, box) => {
  const file = openSync('/etc/passwd', 'r')
  try {
    t.equal(box.sh(LIST, { files: [file, file, file] }).stdout, '0\n1\n2\n')
  } finally {
    closeSync(file)
  }
})

conform('a created container waits without descriptors of the host’s files', (t, box) => {
  box.config.process.args = ['/bin/sh', '-c', LIST]
  const { status } = box.create()
  t.equal(status, 0)
  t.equal(box.start().status, 0)
  t.ok(box.becomes('stopped'))
})

conform('--preserve-fds', (t, box) => {
  const path = join(box.directory, 'passed')
  writeFileSync(path, 'text')
  const file = openSync(path, 'r')
  try {
    const { stdout, stderr } = box.sh(`${LIST}; cat <&3`, {
      flags: ['--preserve-fds', '1'],
      files: [file, file],
    })
    t.equal(stdout, '0\n1\n2\n3\ntext', stderr)
  } finally {
    closeSync(file)
  }
})

conform('LISTEN_FDS', (t, box) => {
  const file = openSync('/etc/passwd', 'r')
  try {
    const { stdout, stderr } = box.sh(`${LIST}; env | grep LISTEN | sort`, {
      files: [file, file],
      env: { LISTEN_FDS: '2' },
      // The variables are meant for one process only, and say which.
      wrap: ['/bin/sh', '-c', 'export LISTEN_PID=$$; exec "$@"', 'sh'],
    })
    t.match(stdout, /^0\n1\n2\n3\n4\nLISTEN_FDS=2\nLISTEN_PID=1\n/, stderr)
  } finally {
    closeSync(file)
  }
})
