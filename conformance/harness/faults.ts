/**
 * Tests that an oracle fails by a fault of its own, found by running them: file, name of the test, and what it does
 * instead; a version in front if it is that one alone. Tried are Debian's runc 1.1.5 and 1.4.3, and crun 1.8.1. What an
 * oracle merely lacks is said beside the test itself.
 */
type Faults = Readonly<Record<string, ReadonlyArray<readonly [name: RegExp, does: string]>>>

const ofRunc: Faults = {
  'callers-contract.test.ts': [[/^phrases: nothing else/, 'has the words of the errno']],
  'cgroup-mounts.test.ts': [[/ro is read-only/, '1.4 leaves the tmpfs above writable']],
  'cgroups.test.ts': [
    [/^the path is the one/, 'leaves the parents that it made'],
    [/^refused: a device rule without access/, 'does not look'],
  ],
  'config.test.ts': [[/ociVersion/, 'does not look at the version']],
  'cve-2016-9962.test.ts': [[/./, '1.4 has some of its own, of which none leads out']],
  'cve-2025-62161.test.ts': [[/./, '1.1 has the hole']],
  'cve-2026-47766.test.ts': [[/^\/dev is/, '1.1 has the hole']],
  'devices.test.ts': [
    [/^a default device may be given again/, 'makes it twice, and fails'],
    [/^an existing file that is another/, 'takes it as it is'],
  ],
  'events.test.ts': [[/^events --stats/, 'leaves out what is 0']],
  'hooks.test.ts': [
    [/^all six/, 'calls poststart hooks with create'],
    [/^poststart: the state/, 'calls it before the program runs, and says so'],
  ],
  'hooks-failures.test.ts': [
    [/^poststart: start fails/, 'calls poststart hooks with create, which fails instead'],
    [/^poststop: delete goes on/, 'stops at the first hook that fails'],
  ],
  'mounts.test.ts': [
    [/^tmpfs with defaults/, 'passes the word to the file system'],
    [/^rbind,rro,rrw/, '1.1 takes the first for the last'],
    [/^cgroup$/, '1.4 leaves the tmpfs above writable'],
  ],
  'net-devices.test.ts': [
    [/^a device with another name/, '1.4 does not find one named by a template'],
  ],
  'network-devices.test.ts': [
    [/^several, and a template/, '1.4 does not find one named by a template'],
    [/^refused: a name that is there/, '1.4 leaves it in the namespace, which is gone then'],
  ],
  'time-namespace.test.ts': [[/^offsets: none/, '1.4 writes an empty list, which is refused']],
  'operations.test.ts': [
    [/^kill --all with/, '1.4 takes the option and passes over it'],
    [/^list of none/, '1.4 wants the directory to be there'],
  ],
  'user-namespace-more.test.ts': [[/^two containers/, 'wants mappings for a joined one, too']],
  'strange-configs.test.ts': [
    [/^a root filesystem of symlinks/, '1.1 takes the path of /dev as it is on the host'],
    [/^no mounts, no \/proc|^mounts that are not there/, '1.1 needs /proc to close descriptors'],
    [/^no namespaces at all/, 'leaves a mount behind'],
  ],
  'surroundings.test.ts': [
    [/^without a pid namespace, a pid that/, '1.4 finds none to kill, and is content'],
  ],
  'terminal.test.ts': [
    [/^exec --tty, twice/, '1.4 takes too long'],
    [/^in a user namespace/, '1.4 sets the size too late'],
  ],
  'update.test.ts': [
    [/^events: again and again/, 'waits on after the end'],
    [/^events --stats/, '1.4 leaves out what is 0'],
  ],
  'scheduling.test.ts': [[/personality/, '1.1 has no personalities']],
  'rootless.test.ts': [[/^exec as somebody who is not mapped/, '1.4 has words of its own']],
  'exec.test.ts': [
    [/^environment, working directory/, '1.1 gives the process its own umask'],
    [/^--user 4294967294/, '1.1 knows ids up to 2147483647 only'],
    [/^--preserve-fds of descriptors/, 'does not look'],
    [/^--process$/, 'passes over umask and oomScoreAdj'],
  ],
}

const ofCrun: Faults = {
  'cve-2025-52565.test.ts': [[/dangling/, 'has the hole']],
  'cve-2026-30892.test.ts': [[/-1” is not root/, 'has the hole']],
  'cve-2026-47766.test.ts': [[/^\/dev is/, 'has the hole']],
  'mounts-recursive.test.ts': [
    [/^a plain bind keeps/, 'clears the attributes that the config does not name'],
  ],
  'hooks.test.ts': [
    [/^all six/, 'runs the second hook of startContainer after the program'],
    [
      /in the namespaces of the runtime/,
      'runs here in a mount namespace made for it, being told the host has no second hierarchy',
    ],
    [/^(create|start)Container: the state/, 'has no pid there, and a bundle and status of its own'],
    [/leaves a process behind/, 'waits for it'],
  ],
  'strange-configs.test.ts': [
    [/^a root filesystem of symlinks/, 'opens /dev without following it'],
    [/^no mounts, no \/proc/, 'needs /dev'],
    [/^mounts that are not there/, 'needs the list'],
  ],
  'cgroup-mounts.test.ts': [[/ro is read-only/, 'leaves the tmpfs above writable']],
  'process-more.test.ts': [[/^HOME/, 'has none for a user without an entry']],
  'surroundings.test.ts': [
    [/standard input closed/, 'takes the number for a file of its own'],
    [/^--root on a full/, 'leaves an empty directory'],
    [/^--log into a file/, 'has its own words'],
    [/^start, kill, delete/, 'deletes half of it, and fails'],
  ],
  'operations.test.ts': [
    [/^pause of a created one/, 'calls it created'],
    [/^list of none/, 'prints an empty list in a form of its own'],
  ],
  'update.test.ts': [
    [/^update --memory(-reservation)? \d+M/, 'knows no units'],
    [/-1/, 'writes -1 as it is'],
    [/^update raises both/, 'has one order for all'],
  ],
  'scheduling.test.ts': [[/^exec has the personality/, 'has none in exec']],
  'terminal.test.ts': [
    [/^the size is the user’s|^a change of the size|^in a user namespace/, 'sets no size'],
    [/^\/dev\/console in the image/, 'makes the file, CVE-2026-88264'],
  ],
  'exec.test.ts': [
    [/^environment, working directory/, 'takes the environment and the capabilities only'],
    [/^--cwd$/, 'takes a relative path'],
    [/^--process$/, 'passes oomScoreAdj over'],
  ],
}

export const faults: Readonly<Record<string, Faults>> = { runc: ofRunc, crun: ofCrun }
