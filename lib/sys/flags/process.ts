/** Flags of clone(2), namespaces(7), prctl(2) and wait(2). */
export const CLONE_PARENT = 0x8000
export const CLONE_NEWTIME = 0x80
export const CLONE_NEWNS = 0x20000
export const CLONE_NEWCGROUP = 0x2000000
export const CLONE_NEWUTS = 0x4000000
export const CLONE_NEWIPC = 0x8000000
export const CLONE_NEWUSER = 0x10000000
export const CLONE_NEWPID = 0x20000000
export const CLONE_NEWNET = 0x40000000
/** clone3(2) only, Linux 5.5: handlers become defaults. */
export const CLONE_CLEAR_SIGHAND = 0x100000000n
/** clone3(2) only, Linux 5.7: it starts in the cgroup v2 directory `cgroup`. */
export const CLONE_INTO_CGROUP = 0x200000000n

export const PR_SET_DUMPABLE = 4
export const PR_SET_KEEPCAPS = 8
export const PR_SET_PDEATHSIG = 1
export const PR_SET_NAME = 15
export const PR_CAPBSET_DROP = 24
export const PR_SET_CHILD_SUBREAPER = 36
export const PR_SET_NO_NEW_PRIVS = 38
export const PR_CAP_AMBIENT = 47
export const PR_CAP_AMBIENT_RAISE = 2
export const PR_CAP_AMBIENT_CLEAR_ALL = 4

export const WNOHANG = 1

/** getrlimit(2): how many descriptors. */
export const RLIMIT_NOFILE = 7
