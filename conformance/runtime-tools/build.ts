/**
 * `npm run conformance:runtime-tools -- --build DIRECTORY`: the validation programs from Debian's source package.
 *
 * Everything comes from the host's own Debian mirror and nothing is installed: a private apt state knows the next
 * release as well, whose source package it is; the libraries are those of the host's release, to suit its Go (1.19).
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCE = 'golang-github-opencontainers-runtime-tools'

/** Its tarball is there, its description (.dsc) is not in every mirror: so no `apt-get source`. */
const SOURCE_RELEASE = 'trixie'

const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'

const LIBRARIES = [
  'golang-github-blang-semver-dev',
  'golang-github-cpuguy83-go-md2man-v2-dev',
  'golang-github-google-uuid-dev',
  'golang-github-hashicorp-errwrap-dev',
  'golang-github-hashicorp-go-multierror-dev',
  'golang-github-mrunalp-fileutils-dev',
  'golang-github-opencontainers-selinux-dev',
  'golang-github-opencontainers-specs-dev',
  'golang-github-pkg-errors-dev',
  'golang-github-russross-blackfriday-v2-dev',
  'golang-github-sirupsen-logrus-dev',
  'golang-github-urfave-cli-dev',
  'golang-github-xeipuuv-gojsonschema-dev',
  'golang-gocapability-dev',
  'golang-golang-x-sys-dev',
]

/** @throws what the program wrote, if it failed */
const run = (
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: options.cwd,
    encoding: 'utf8',
    env: { ...process.env, ...options.env },
    maxBuffer: 1 << 26,
  })
  if (error)
    throw new Error(`${program}: ${error.message} (Debian: apt-get install golang-go xz-utils)`)
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}:\n${stderr}`)
  return stdout
}

/** The host's release and where it comes from. */
const debian = (): { readonly mirror: string; readonly release: string } => {
  const release = /VERSION_CODENAME=(\S+)/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const format = '$(REPO_URI) $(RELEASE)'
  const mirror = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    cwd: '/',
  })
    .split('\n')
    .map((line) => line.split(' '))
    .find((target) => target[1] === release)?.[0]
  if (release === undefined || mirror === undefined) {
    throw new Error('no Debian mirror in the apt sources of this host')
  }
  return { mirror, release }
}

/** An apt of its own, below `work`. @returns the options that make it so */
const privateApt = (work: string): readonly string[] => {
  const { mirror, release } = debian()
  for (const directory of ['sources', 'lists/partial', 'cache/archives/partial', 'packages']) {
    mkdirSync(join(work, directory), { recursive: true })
  }
  writeFileSync(
    join(work, 'sources/debian.sources'),
    `Types: deb deb-src\nURIs: ${mirror}\nSuites: ${release} ${SOURCE_RELEASE}\nComponents: main\nSigned-By: ${KEYS}\n`,
  )
  return [
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${work}/sources`,
    `Dir::State::lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    'APT::Sandbox::User=root',
    `APT::Default-Release=${release}`,
  ].flatMap((option) => ['-o', option])
}

const fetchSource = (apt: readonly string[], work: string): string => {
  const uris = run('apt-get', [...apt, 'source', '--print-uris', `${SOURCE}/${SOURCE_RELEASE}`], {
    cwd: work,
  })
  const [, uri, sum] = /^'(\S+orig\.tar\.xz)' \S+ \d+ (\S+)/m.exec(uris) ?? []
  if (uri === undefined || sum === undefined) throw new Error(`apt knows no source of ${SOURCE}`)
  run('/usr/lib/apt/apt-helper', [...apt, 'download-file', uri, `${work}/source.tar.xz`, sum], {
    cwd: work,
  })
  const source = join(work, 'go/src/github.com/opencontainers/runtime-tools')
  mkdirSync(source, { recursive: true })
  run('tar', ['-xf', 'source.tar.xz', '-C', source, '--strip-components=1'], { cwd: work })
  return source
}

const fetchLibraries = (apt: readonly string[], work: string): void => {
  run('apt-get', [...apt, 'download', '-qq', ...LIBRARIES], { cwd: join(work, 'packages') })
  for (const file of readdirSync(join(work, 'packages'))) {
    run('dpkg-deb', ['-x', join(work, 'packages', file), join(work, 'root')], { cwd: work })
  }
}

/** What has a `main.go` of its own below `validation/`. */
export const programsOf = (tree: string): string[] =>
  readdirSync(join(tree, 'validation'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'util')
    .map(({ name }) => name)
    .toSorted()

/** @param destination gets the tree with the built programs: a minute, 700 MB */
export const build = (destination: string): void => {
  const work = mkdtempSync(join(tmpdir(), 'runtime-tools-'))
  try {
    const apt = privateApt(work)
    run('apt-get', [...apt, 'update', '-qq'], { cwd: work })
    const source = fetchSource(apt, work)
    fetchLibraries(apt, work)
    const tap = join(work, 'go/src/github.com/mndrix/tap-go')
    cpSync(join(import.meta.dirname, 'tap'), tap, { recursive: true })
    const env = {
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOPATH: `${work}/go:${work}/root/usr/share/gocode`,
      GOCACHE: `${work}/cache/go`,
    }
    // It runs inside containers, which have no libraries.
    const still = [
      '-tags',
      'netgo osusergo',
      '-ldflags',
      '-extldflags -static -X main.version=0.9.0',
    ]
    run('go', ['build', ...still, '-o', 'runtimetest', './cmd/runtimetest'], { cwd: source, env })
    for (const name of programsOf(source)) {
      const program = `validation/${name}/${name}.t`
      run('go', ['build', '-o', program, `./validation/${name}`], { cwd: source, env })
    }
    mkdirSync(destination, { recursive: true })
    cpSync(source, destination, { recursive: true, verbatimSymlinks: true })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
