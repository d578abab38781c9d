/** What the daemon and kmeshctl report. */
export const runtimeCodes = {
  KM6101: {
    title: "no rights for BPF",
    explain:
      "The kernel refused a call with EPERM or EACCES. Loading and attaching programs needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; in a container they must be in its security context, and the seccomp profile must allow bpf(2), which a default profile may do for CAP_SYS_ADMIN only (docs/daemon.md). Nothing was changed. Run the command with these rights.",
  },
  KM6102: {
    title: "libbpf is missing",
    explain:
      "Programs are loaded by the system's libbpf 1.x (libbpf.so.1) on glibc, and the loader did not find it. Nothing was changed. Install it: `apt-get install libbpf1` on Debian and Ubuntu.",
  },
  KM6103: {
    title: "the kernel lacks a feature",
    explain:
      "The kernel does not know an operation that is needed: it is older than Linux 5.10, or was built without it (CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF, CONFIG_MEMBARRIER). Nothing was changed. Use a newer kernel; the simulator (`kmesh-compile trace`) runs anywhere.",
  },
  KM6104: {
    title: "the verifier refused a program",
    explain:
      "Every emitted program is meant to pass the kernel's verifier, and this one did not: the message holds the end of the verifier's log. What ran before still runs. It is a bug of the compiler, or a kernel that differs from those it was tested on: report it with `uname -r` and the bundle.",
  },
  KM6105: {
    title: "the pin folder is not on a BPF file system",
    explain:
      "What is applied outlives the daemon because it is pinned in a BPF file system, usually /sys/fs/bpf; the folder given with --pin is elsewhere. Nothing was changed. Use a folder below /sys/fs/bpf, mount one (`mount -t bpf bpf /sys/fs/bpf`), or give --mount.",
  },
  KM6106: {
    title: "not a cgroup to attach to",
    explain:
      "Programs are attached to a cgroup v2 folder and act on the connections of its processes. The one given with --cgroup does not exist, is of cgroup v1, or has a program on the hook that allows no other. Nothing was changed. `grep cgroup2 /proc/mounts` tells where cgroup v2 is.",
  },
  KM6107: {
    title: "a kernel call failed",
    explain:
      "A call failed in a way that has no likely cause: the message has the call, what it was about and the error number. What ran before still runs. A load that ends with EAGAIN was interrupted again and again (by signals, mostly): the daemon tries it again. bpf_obj_pin that ends with ENOENT has lost the pin folder: start the daemon again. Report any other with `uname -r`.",
  },
  KM6108: {
    title: "another process works on the pin folder",
    explain:
      "One daemon owns a pin folder; another one holds its lock now. Nothing was changed. Wait for it or stop it, or use another folder and cgroup.",
  },
  KM6109: {
    title: "no memory for tables",
    explain:
      "The kernel has no memory for a map: a memory limit of the daemon's cgroup, the locked-memory limit before Linux 5.11, or the machine. What ran before still runs. Raise the limit, or scope the services that the node sees.",
  },
  KM6110: {
    title: "capabilities are missing",
    explain:
      "The process is neither root nor has the capabilities that it needs; the message lists each that is missing, and what for. `kmesh-daemon apply` and `kmesh-daemon run` need CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON. CAP_SYS_ADMIN is needed for --mount only, and once where a version took over that did not pin its programs yet. Nothing was changed.",
  },
  KM6111: {
    title: "others may write to the pin folder",
    explain:
      "Whoever may write to the pin folder decides what the daemon takes over, and with it where connections go; so the folder must belong to root or to the daemon's user, and nobody else may write to it. Nothing was changed. Give a folder of its own with --pin, which is made with mode 0700 where it is absent, or change its mode. /sys/fs/bpf itself is open to all users.",
  },
  KM6112: {
    title: "no rights for a folder",
    explain:
      "A folder or file of the pin folder or of --cgroup can't be opened, made or written: its file system is mounted read-only, or it belongs to another user. Capabilities for BPF do not help, and CAP_DAC_OVERRIDE is not asked for. Nothing was changed. Mount it so that it can be written, or run the command as the folder's user.",
  },
  KM6201: {
    title: "another version serves",
    explain:
      "The pinned state was made by a version whose records differ, so that its tables mean something else here. Nothing was changed. To look at it, use the kmeshctl of that version; a daemon of this version replaces it with its first generation, without a gap.",
  },
  KM6202: {
    title: "a bundle without programs",
    explain:
      "The bundle was compiled without clang or with --no-objects: it holds tables and C, but nothing that the kernel can run. Nothing was changed. Compile the snapshot where clang is (npm package clang-wasm).",
  },
  KM6203: {
    title: "no cgroup to attach to is known",
    explain:
      "The first apply, or one after the cgroup was removed, must be told whose connections to steer. Nothing was changed. Give the cgroup v2 folder with --cgroup.",
  },
  KM6204: {
    title: "nothing is applied",
    explain:
      "The pin folder holds no published generation, so there is nothing to show, to change or to detach. Give the folder that the apply used with --pin.",
  },
  KM6205: {
    title: "what is pinned is not whole",
    explain:
      "A daemon verifies what it takes over: every map, the header, the manifest, the tables by their hashes, every cell's run, and the links. The message lists everything that is not as it was published, so something else writes to the pin folder, or removed pins. What serves goes on untouched; the next generation is built beside it, links are led over one by one, and the old state is freed.",
  },
  KM6206: {
    title: "another version's state is taken over",
    explain:
      "The pinned state was made by a version whose records differ. Its programs go on serving until this version has built its first generation beside them; then the links are led over one by one, and the old state is freed. The same holds for going back to the older version, and for the maps of versions that pinned them in the folder itself instead of in a set, whether they serve or were left behind. Connections that stand keep the address that they asked for.",
  },
} as const;
