import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { EACCES, EBADF, ENOENT, ENOTDIR } from '../sys/errno.ts'
import { ahead, breathe, inside, outside, together } from '../sys/elsewhere.ts'
import { readDirectory } from '../sys/directory.ts'
import { close, lseek, openat, read, statat, write } from '../sys/file.ts'
import { AT_FDCWD, O_CREAT, O_DIRECTORY, O_RDONLY, O_WRONLY } from '../sys/flags/open.ts'
import { fsconfigCreate, fsconfigString, fsmount, fsopen } from '../sys/mount.ts'
import { pipe } from '../sys/pipe.ts'
import { getpid, wait } from '../sys/process.ts'
import { numberOf } from '../sys/numbers.ts'
import { send } from '../sys/socket.ts'
import { readAll } from '../sys/text-file.ts'
import { receiveReport } from '../sync/channel.ts'
import { currentStage, step } from '../sync/stage.ts'
import { DATA } from './layout.ts'
import { stubImage } from './image.ts'
import { Memory } from './memory.ts'
import { endOf, HALVES, sizeOfProgram, startQuestion, writeProgram } from './message.ts'
import type { StubProcess } from './process.ts'
import { endStub, spawnStub } from './spawn.ts'
import { parseRecords, type StubCall, type StubRecord } from './table.ts'
import t, { type Test } from 'tap'

const LINE = 3

const stubFor = (t: Test, files: ReadonlyMap<number, number> = new Map()): StubProcess => {
  const stub = spawnStub(LINE, files)
  t.teardown(() => endStub(stub))
  return stub
}

t.test('calls are made by the other process', (t) => {
  const stub = stubFor(t)
  t.equal(inside(stub, getpid), stub.pid)
  t.equal(
    inside(stub, () => outside(getpid)),
    process.pid,
  )
  t.match(readlinkSync(`/proc/${stub.pid}/exe`), /^\/memfd:tsrun-init/)
  t.end()
})

t.test('what is written to comes back, and descriptors are its own', (t) => {
  const stub = stubFor(t)
  const text = inside(stub, () => {
    const file = openat(AT_FDCWD, '/proc/self/stat', O_RDONLY)
    const buffer = Buffer.alloc(16)
    const size = read(file, buffer, buffer.length)
    close(file)
    return buffer.toString('utf8', 0, size)
  })
  t.match(text, new RegExp(`^${stub.pid} \\(`))
  t.end()
})

t.test('a failure is thrown where the call stands, with the arguments', (t) => {
  const stub = stubFor(t)
  inside(stub, () => {
    t.throws(() => openat(AT_FDCWD, '/nowhere', O_RDONLY), {
      code: 'ENOENT',
      call: /openat\(AT_FDCWD, "\/nowhere"/,
    })
    t.equal(getpid(), stub.pid, 'and the next call is made')
  })
  t.end()
})

t.test('several calls in one message use the results of earlier ones', (t) => {
  const stub = stubFor(t)
  const make = (size: string): number =>
    together(() => {
      const context = fsopen('tmpfs')
      fsconfigString(context, 'size', size)
      fsconfigCreate(context)
      const mount = fsmount(context, 0)
      close(context)
      return mount
    })
  inside(stub, () => {
    const mount = make('64k')
    t.equal(statat(mount, '').size, 40)
    t.throws(() => make('nonsense'), { syscall: 'fsconfig', code: 'EINVAL' })
  })
  t.end()
})

t.test('more calls than a message holds go in several', (t) => {
  const stub = stubFor(t)
  inside(stub, () => {
    const files = together(() => {
      const first = openat(AT_FDCWD, '/', O_RDONLY)
      const opened = Array.from({ length: 250 }, () => openat(first, 'proc', O_RDONLY))
      for (const file of opened) close(file)
      return [first, ...opened]
    })
    t.equal(new Set(files).size, 251, 'each is another descriptor')
    t.throws(
      () =>
        together(() => {
          for (let i = 0; i < 150; i++) close(openat(AT_FDCWD, '/', O_RDONLY))
          openat(AT_FDCWD, '/nowhere', O_RDONLY)
        }),
      { code: 'ENOENT' },
    )
  })
  t.end()
})

t.test('what is too long for a message goes in several, and alone it is an error', (t) => {
  const stub = stubFor(t)
  const long = `/proc${'/.'.repeat(2000)}`
  inside(stub, () => {
    const files = together(() => Array.from({ length: 90 }, () => openat(AT_FDCWD, long, O_RDONLY)))
    t.equal(new Set(files).size, 90, 'each is another descriptor')
    const some: number[] = []
    t.throws(
      () =>
        together(() => {
          some.push(openat(AT_FDCWD, '/', O_RDONLY))
          openat(AT_FDCWD, 'x'.repeat(100_000), O_RDONLY)
          for (let i = 0; i < 99; i++) some.push(openat(AT_FDCWD, '/', O_RDONLY))
        }),
      { name: 'RangeError', message: /too much/ },
    )
    t.ok(some.length < 100, 'nothing is done after it')
    t.equal(getpid(), stub.pid, 'and then it goes on')
  })
  t.end()
})

/** Once it has begun: it closes what it has not been given. */
const openFilesOf = (stub: StubProcess): number => {
  inside(stub, getpid)
  return readdirSync(`/proc/${stub.pid}/fd`).length
}

t.test('a failure is none that the rest could go on after', (t) => {
  const stub = stubFor(t)
  const before = openFilesOf(stub)
  const openMany = (): void => {
    openat(AT_FDCWD, '/nowhere', O_RDONLY)
    for (let i = 0; i < 250; i++) {
      try {
        openat(AT_FDCWD, '/', O_RDONLY)
      } catch {
        openat(AT_FDCWD, '/proc', O_RDONLY)
      }
    }
  }
  inside(stub, () => {
    t.throws(() => together(openMany), { code: 'ENOENT', call: /nowhere/ })
    t.throws(
      () =>
        together(() => {
          try {
            openMany()
          } catch {
            // as if nothing had been
          }
        }),
      { code: 'ENOENT', call: /nowhere/ },
    )
    t.equal(openFilesOf(stub), before, 'nothing is done after it')
    t.equal(getpid(), stub.pid, 'and then it goes on')
  })
  t.end()
})

t.test('names are what the kernel takes them for', (t) => {
  const stub = stubFor(t)
  const directory = t.testdir()
  const strange = String.fromCharCode(0xdcff)
  const names = ['plain', 'größe', strange, `a${strange}ü`]
  const modes = O_CREAT | O_WRONLY
  inside(stub, () => {
    together(() => names.forEach((name) => close(openat(AT_FDCWD, join(directory, name), modes))))
    const cut = join(directory, 'cut\0off')
    const failure = { code: 'EINVAL', call: /cut/ }
    t.throws(() => openat(AT_FDCWD, cut, modes), failure)
    t.throws(
      () =>
        together(() => {
          step('make one more')
          openat(AT_FDCWD, join(directory, 'more'), modes)
          step('make one that is cut')
          openat(AT_FDCWD, cut, modes)
          step('go on')
          getpid()
        }),
      failure,
    )
    t.equal(currentStage().doing, 'make one that is cut')
    t.equal(getpid(), stub.pid, 'and the next call is made')
  })
  const made = readDirectory(openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY))
  t.same(made.filter((name) => !/^\.+$/.test(name)).toSorted(), names.toSorted(), 'and no other')
  t.end()
})

t.test('numbers of 64 bits arrive whole', (t) => {
  const stub = stubFor(t)
  const file = openSync(join(t.testdir(), 'sparse'), 'w+')
  t.teardown(() => closeSync(file))
  const at = 2 ** 40 + 2 ** 31 + 5
  inside(stub, () => {
    const own = openat(AT_FDCWD, `/proc/${process.pid}/fd/${file}`, O_WRONLY)
    together(() => {
      const first = lseek(own, at, 0)
      write(own, Buffer.from('x'), 1)
      return first
    })
    t.equal(lseek(own, -at, 1), 1)
    t.throws(() => lseek(own, -1, 0), { code: 'EINVAL' })
  })
  t.equal(fstatSync(file).size, at + 1)
  t.end()
})

t.test('what is sent ahead is made in order, and nobody waits for it', (t) => {
  const [output, input] = pipe()
  const stub = stubFor(t, new Map([[1, input]]))
  const say = (text: string): void => void write(1, Buffer.from(text), text.length)
  let meanwhile = 0
  inside(stub, () => {
    ahead(() => say('one '))
    ahead(() => {
      for (let i = 0; i < 100; i++) say('. ')
    })
    together(
      () => {
        say('two ')
        breathe()
        for (let i = 0; i < 60; i++) getpid()
        breathe()
      },
      () => {
        meanwhile = getpid()
      },
    )
    say('three')
  })
  t.equal(meanwhile, process.pid, 'meanwhile calls are ours')
  close(input)
  endStub(stub)
  t.equal(readAll(output), `one ${'. '.repeat(100)}two three`)
  close(output)
  t.end()
})

t.test('a failure of what was sent ahead is the end, whoever catches it', (t) => {
  const stub = stubFor(t)
  const before = openFilesOf(stub)
  const failure = { code: 'ENOENT', call: /nowhere/ }
  inside(stub, () => {
    step('open what is there')
    ahead(() => void openat(AT_FDCWD, '/', O_RDONLY))
    step('open what is not there')
    ahead(() => void openat(AT_FDCWD, '/nowhere', O_RDONLY))
    step('go on')
    ahead(() => void openat(AT_FDCWD, '/', O_RDONLY))
    t.throws(() => together(() => openat(AT_FDCWD, '/', O_RDONLY)), failure)
    t.equal(currentStage().doing, 'open what is not there')
    t.throws(() => openat(AT_FDCWD, '/', O_RDONLY), failure)
    t.throws(() => ahead(() => void openat(AT_FDCWD, '/', O_RDONLY)), failure)
    t.throws(() => stub.become([]), failure)
  })
  t.equal(readdirSync(`/proc/${stub.pid}/fd`).length, before + 1, 'nothing is done after it')
  t.end()
})

t.test('an error of ours leaves what was sent ahead as it is', (t) => {
  const stub = stubFor(t)
  const before = openFilesOf(stub)
  inside(stub, () => {
    ahead(() => void openat(AT_FDCWD, '/', O_RDONLY))
    ahead(() => void openat(AT_FDCWD, '/', O_RDONLY))
    t.throws(
      () =>
        together(() => {
          openat(AT_FDCWD, '/', O_RDONLY)
          throw new TypeError('ours')
        }),
      { message: 'ours' },
    )
    t.equal(getpid(), stub.pid, 'it goes on')
  })
  t.equal(openFilesOf(stub), before + 2, 'with what was before, and without what was not sent')
  t.end()
})

t.test('fork goes on in a child of ours, and the process ends', (t) => {
  const stub = stubFor(t)
  const first = stub.pid
  stub.fork(0)
  t.not(stub.pid, first)
  t.notOk(existsSync(`/proc/${first}`))
  t.equal(inside(stub, getpid), stub.pid)
  t.match(readFileSync(`/proc/${stub.pid}/status`, 'utf8'), `PPid:\t${process.pid}`)
  t.end()
})

t.test('a fork that fails says so', (t) => {
  const stub = stubFor(t)
  t.throws(() => stub.fork(0, 99), { syscall: 'clone3', code: 'EBADF' })
  t.notOk(existsSync(`/proc/${stub.pid}`))
  t.end()
})

t.test('a fork that nobody waits for is heard of by who asks next', (t) => {
  const stub = stubFor(t)
  stub.forkAhead(0)
  inside(stub, () => {
    ahead(() => void getpid())
    t.equal(getpid(), stub.pid)
  })
  for (const ask of [
    (failing: StubProcess) => failing.pid,
    (failing: StubProcess) => inside(failing, getpid),
    (failing: StubProcess) => inside(failing, () => together(getpid)),
  ]) {
    const failing = stubFor(t)
    const { pid } = failing
    failing.forkAhead(0, 99, (error) => new Error('it is not born', { cause: error }))
    t.throws(() => ask(failing), { message: 'it is not born', cause: { code: 'EBADF' } })
    t.notOk(existsSync(`/proc/${pid}`))
  }
  const ended = stubFor(t)
  const { pid } = ended
  ended.forkAhead(0)
  endStub(ended)
  t.not(ended.pid, pid, 'what is born is ended')
  t.notOk(existsSync(`/proc/${ended.pid}`))
  t.end()
})

t.test('it ends with the line', (t) => {
  const stub = spawnStub(LINE, new Map())
  close(stub.line)
  t.equal(wait(stub.pid)?.status, 127)
  t.end()
})

t.test('it ends when nobody is there for its answer', (t) => {
  const stub = spawnStub(LINE, new Map())
  // A call that takes its time: the line is closed before it is answered.
  const message = new Memory(DATA, 1024)
  startQuestion(message, 1)
  const { layout } = stubImage(LINE)
  const timespec = message.words([0, 200_000_000])
  const program = message.reserve(sizeOfProgram(1))
  const ppoll = [numberOf('ppoll'), 1, 0, 0, 0, 0, timespec, ...Array<number>(HALVES - 7).fill(0)]
  writeProgram(message, program, ppoll, endOf(layout, false), 8)
  send(stub.line, message.bytes)
  close(stub.line)
  t.equal(wait(stub.pid)?.status, 127)
  t.end()
})

t.test('killed meanwhile, it is missed', (t) => {
  const stub = stubFor(t)
  process.kill(stub.pid, 'SIGKILL')
  t.throws(() => inside(stub, getpid), { code: 'INIT_DIED' })
  t.end()
})

interface Outcome {
  readonly status: number | undefined
  readonly records: readonly StubRecord[]
  readonly output: string
}

const become = (t: Test, calls: readonly StubCall[]): Outcome => {
  const [output, input] = pipe()
  const stub = stubFor(t, new Map([[1, input]]))
  close(input)
  inside(stub, () => openat(AT_FDCWD, '/', O_RDONLY))
  stub.become(calls)
  const text = readAll(output)
  close(output)
  const records = []
  for (let report; (report = receiveReport(stub.line, stub.pid)).type === 'failed';) {
    records.push(report.record)
  }
  const status = wait(stub.pid)?.status
  stub.state = 'gone'
  return { status, records, output: text }
}

const say = (text: string): StubCall => ({
  call: 'write',
  args: [1, { text }, text.length],
  doing: 'write',
})
const exit = (status: number): StubCall => ({ call: 'exit_group', args: [status], doing: 'exit' })
const closeBad: StubCall = { call: 'close', args: [99], doing: 'close' }
const tryExec = (
  path: string,
  args: readonly string[] = [path],
  env: readonly string[] = ['A=1'],
): StubCall => ({
  call: 'execve',
  args: [{ text: path }, { texts: args }, { texts: env }],
  doing: 'exec',
  tolerate: [ENOENT, EACCES, ENOTDIR],
})

t.test('the last calls are made in order', (t) => {
  t.same(become(t, [say('one '), say('two'), exit(7)]), {
    status: 7,
    records: [],
    output: 'one two',
  })
  t.end()
})

t.test('a failure of the last calls is reported by index and errno and ends it', (t) => {
  t.same(become(t, [say('a'), closeBad, say('b'), exit(0)]), {
    status: 127,
    records: [{ index: 1, errno: EBADF }],
    output: 'a',
  })
  t.end()
})

t.test('a tolerated failure is reported, and it goes on', (t) => {
  t.same(become(t, [{ ...closeBad, tolerate: [EBADF] }, say('b'), exit(3)]), {
    status: 3,
    records: [{ index: 0, errno: EBADF }],
    output: 'b',
  })
  t.end()
})

t.test('a result of 0 ends it without a word where it must not be', (t) => {
  const nothing: StubCall = { call: 'umask', args: [0], doing: 'umask' }
  const clear: StubCall = { call: 'umask', args: [0], doing: 'umask' }
  t.match(become(t, [clear, nothing, say('on'), exit(0)]), { status: 0, output: 'on' })
  t.match(become(t, [clear, { ...nothing, endOnZero: true }, say('on'), exit(0)]), {
    status: 127,
    records: [],
    output: '',
  })
  t.end()
})

t.test('execve searches and becomes the program with its arguments and environment', (t) => {
  const args = ['sh', '-c', 'echo "$0 $1 $A"', 'x', 'y']
  t.same(become(t, [tryExec('/nowhere/sh', args), tryExec('/bin/sh', args), exit(1)]), {
    status: 0,
    records: [{ index: 0, errno: ENOENT }],
    output: 'x y 1\n',
  })
  t.end()
})

t.test('an environment of a megabyte goes in parts', (t) => {
  const env = Array.from({ length: 10 }, (_, i) => `A${i}=${'x'.repeat(100_000 + i)}`)
  const script = 'for i in 0 3 9; do eval echo \\${#A$i}; done'
  t.match(become(t, [tryExec('/bin/sh', ['sh', '-c', script], env), exit(1)]), {
    status: 0,
    output: '100000\n100003\n100009\n',
  })
  t.end()
})

t.test('both architectures have the same image but for the instructions', (t) => {
  const images = (['x64', 'arm64'] as const).map((arch) => stubImage(LINE, arch).bytes)
  t.same(
    images.map((bytes) => bytes.readUInt16LE(18)),
    [62, 183],
  )
  for (const bytes of images) {
    t.equal(bytes.readUInt32LE(0), 0x464c457f)
    t.equal(bytes.readUInt32LE(96), bytes.length, 'the segment covers the file')
    t.ok(bytes.length < 1024, `${bytes.length} bytes`)
  }
  t.end()
})

t.test('records are read in pairs of words', (t) => {
  t.same(parseRecords(Buffer.from([1, 0, 0, 0, 2, 0, 0, 0])), [{ index: 1, errno: 2 }])
  t.end()
})
