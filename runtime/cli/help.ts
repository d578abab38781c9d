/** All help texts. No imports: `--help` must answer at once. */

export const daemonHelp = `kmesh-daemon: makes the kernel follow a control plane, or puts compiled bundles into it.

Usage: kmesh-daemon COMMAND [options]

Commands:
  run --cgroup PATH            follow a control plane: compile every change, apply it, until it is stopped
  apply BUNDLE --cgroup PATH   load, attach and publish a bundle (a folder made by kmesh-compile compile)
  detach                       detach the programs and remove everything that was pinned

apply makes the connections of the processes in the cgroup (and below it) go where the bundle says. What is applied stays when this
command ends. A second apply on the same pin folder changes what runs without a gap: by one 8-byte store when one cluster's endpoints
changed, else as a new generation beside the running one. When it fails, what ran before goes on unchanged.

run does the same for every change of a control plane or a snapshot file, and keeps the last good of what is in error. What is applied
stays when it ends, however it ends; the next run takes over. SIGTERM and SIGINT stop it, SIGHUP builds and applies once more.

Options:
  --cgroup PATH   cgroup v2 folder; needed by run and the first apply, later ones keep the cgroup they find
  --pin DIR       folder on a BPF file system that holds the state (default /sys/fs/bpf/kmesh)
  --mount         mount a BPF file system at the pin folder if it is not on one
  --json          machine-readable output on stdout (not of run, which logs JSON lines on stderr)
  -h, --help      this text
  --version       the version

Options of run:
  --xds ADDRESS     control plane, HOST:PORT or unix:PATH (default: $XDS_ADDRESS, else istiod.istio-system.svc:15012); who we
                    are is told by the environment: POD_NAME, POD_NAMESPACE, INSTANCE_IP, NODE_NAME, CLUSTER_ID, MESH_ID, XDS_ROOT_CA,
                    XDS_TOKEN_FILE, XDS_PLAINTEXT=true
  --xds-server-name NAME
                    name that the control plane's certificate is for, where XDS_ADDRESS has another one: an IP address, a tunnel
                    (default: $XDS_SERVER_NAME, else the host of the address)
  --bootstrap FILE  control plane and node as in gRPC's xDS bootstrap file
  --snapshot FILE   no control plane: a captured snapshot, and again whenever the file changes
  --xds-mode MODE   sotw (default) or delta, the better one in a large mesh where the control plane has it
  --debounce MS     how long a change waits for others (default 10); endpoints of one cluster never wait
  --state DIR       last good bundle, last good versions of what is rejected, addresses of host names, compiled programs
                    (default /var/lib/kmesh)
  --dns IP[:PORT],...
                    name servers for host names of STRICT_DNS and LOGICAL_DNS clusters that name none themselves (default: those of
                    /etc/resolv.conf)
  --admin ADDRESS   HOST:PORT on loopback, or unix:PATH (default 127.0.0.1:15200): health, dumps, levels, profiles; GET /help lists them
  --metrics ADDRESS [HOST]:PORT for Prometheus at /status/metric, or off (default :15020, on every address)
  --max-message-bytes N, --max-resources N, --max-held-bytes N
                    what the control plane may make the daemon hold: docs/limits.md
  --log-level L     error, warn, info (default) or debug; kmeshctl log changes it while the daemon runs

Exit codes: 0 fine, 1 the bundle or the kernel refused, 2 usage, 3 internal error. Needs Linux 5.10 or newer, libbpf1, and root or the capabilities
BPF, NET_ADMIN and PERFMON (and SYS_ADMIN for --mount, where none is mounted).
`;

const ctlOptions = `Options:
  --admin ADDRESS  HOST:PORT on loopback, or unix:PATH, of the daemon (default 127.0.0.1:15200)
  --pin DIR        ask the kernel, not the daemon: the folder that it pins in (default /sys/fs/bpf/kmesh)
  -o FORMAT        table (default) or json, with keys in lowerCamelCase as Kmesh's; --json is -o json
  -h, --help       this text
`;

export const ctlHelp = `kmeshctl: shows what a kmesh-daemon on this node does and what it has put into the kernel, and sets its log levels.

Usage: kmeshctl COMMAND [options]

Commands:
  status                 the daemon, its control plane, and what is in the kernel: generation, programs, memory, connections by verdict
  dump [WHAT]            kernel-native (accepted resources), bpf (the same, read back), or tables (in words and bytes; default)
  log [NAME]             names of loggers, or the level of one; --set NAME:LEVEL sets one
  version                of this program and of the daemon

status and dump work without a daemon too: they read what is pinned and say so on stderr.

${ctlOptions}  --version        the version of this program

kmeshctl COMMAND --help tells more. Exit codes: 0 fine, 1 nothing is applied, or daemon or kernel refused, 2 usage, 3 internal error. Reading the kernel
needs root or CAP_BPF.
`;

/** Of each verb. */
export const ctlVerbs: Readonly<Record<string, string>> = {
  status: `kmeshctl status: the daemon, its control plane, and what is in the kernel.

Usage: kmeshctl status [options]

Asks the daemon; when none answers, reads what is pinned and says so on stderr. JSON: {"daemon": ... | null, "kernel": ... | null}; the daemon's
part is that of GET /debug/status.

${ctlOptions}`,
  dump: `kmeshctl dump: what was accepted, and what the kernel holds.

Usage: kmeshctl dump [kernel-native | bpf | tables] [options]

  kernel-native  accepted listeners, routes and clusters, from the daemon; when none answers, bpf
  bpf            listeners and clusters as the kernel's tables have them
  tables         every table that programs read, in words and bytes, as kmesh-compile dump prints them (default)

JSON of the first two has Kmesh's form (docs/admin.md).

${ctlOptions}`,
  log: `kmeshctl log: levels of the daemon's loggers, while it runs.

Usage: kmeshctl log [NAME] [options]
       kmeshctl log --set NAME:LEVEL [options]

LEVEL is error, warn, info or debug. NAME default stands for all loggers, bpf for what the programs tell of connections. A level lasts until
the daemon ends (that of bpf stays in the kernel); --log-level of kmesh-daemon run is the first one.

${ctlOptions}`,
  version: `kmeshctl version: of this program and, if one answers, of the daemon.

Usage: kmeshctl version [options]

${ctlOptions}`,
};
