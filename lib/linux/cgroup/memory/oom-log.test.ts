import t from 'tap'
import { parseKills } from './oom-log.ts'

const NAME = 'tsrun-web.scope'
const container = {
  pid: 19700,
  startTime: 52_360,
  directory: `/sys/fs/cgroup/system.slice/${NAME}`,
}

const report = (pid: number, cgroup: string, time = 523.604): string => `\
<4>[  ${time}327] dd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
<6>[  ${time}768] memory: usage 20484kB, limit 20480kB, failcnt 20
<6>[  ${time}974] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${NAME},mems_allowed=0,oom_memcg=/system.slice/${NAME},task_memcg=${cgroup},task=dd,pid=${pid},uid=0
`
const verdict = (pid: number, by = 'Memory cgroup out of memory'): string =>
  `<3>[  523.604993] ${by}: Killed process ${pid} (dd) total-vm:104668kB, anon-rss:20352kB\n`

const MEMORY = { limit: 20480 * 1024, peak: 20484 * 1024 }
const other = report(19000, '/system.slice/other.scope') + verdict(19000)

t.test("what the kernel's log says of a container", async (t) => {
  for (const [what, log, found] of [
    ['nothing', '<6>[    0.000000] Linux version\n', undefined],
    [
      'the first process',
      `${other}${report(19700, `/system.slice/${NAME}`)}${verdict(19700)}${other}`,
      { count: 1, ...MEMORY },
    ],
    [
      'another one, in a cgroup that the container made, and the first',
      `${report(19710, `/system.slice/${NAME}/a`)}${verdict(19710)}${report(19700, `/system.slice/${NAME}`)}${verdict(19700)}`,
      { count: 2, ...MEMORY },
    ],
    ['without a report, after ten in five seconds', other + verdict(19700), { count: 1 }],
    ['without a report, and not ours', other + verdict(197), undefined],
    ['our pid before it was ours', report(19700, '/a.scope') + verdict(19700), undefined],
    [
      'our name before it was ours',
      report(19690, `/system.slice/${NAME}`, 400.001) + verdict(19690).replace('523', '400'),
      undefined,
    ],
    ['the host has no memory', verdict(19700, 'Out of memory'), { count: 1, limit: null }],
    ['before Linux 4.19', verdict(19700).replace('(dd) ', '(dd), UID 0, '), { count: 1 }],
    ['others of an oom group', verdict(19700, 'memory.oom.group set'), { count: 1 }],
    [
      'other lines between',
      `${report(19700, `/${NAME}`)}<6>[  523.604] eth0: up\n${verdict(19700)}`,
      { count: 1, ...MEMORY },
    ],
  ] as const) {
    t.strictSame(parseKills(log, container), found, what)
  }
})
