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
  --xds ADDRESS     control plane, HOST:PORT (default: $XDS_ADDRESS, else istiod.istio-system.svc:15012); who we are is told by the
                    environment: POD_NAME, POD_NAMESPACE, INSTANCE_IP, NODE_NAME, CLUSTER_ID, MESH_ID, XDS_ROOT_CA, XDS_TOKEN_FILE,
                    XDS_PLAINTEXT=true
  --bootstrap FILE  control plane and node as in gRPC's xDS bootstrap file
  --snapshot FILE   no control plane: a captured snapshot, and again whenever the file changes
  --xds-mode MODE   sotw (default) or delta
  --debounce MS     how long a change waits for others (default 10); endpoints of one cluster never wait
  --state DIR       last good bundle and compiled programs (default /var/lib/kmesh)
  --admin ADDRESS   HOST:PORT on loopback, or unix:PATH (default 127.0.0.1:15200): /healthz, /debug/ready, /debug/config_dump,
                    /debug/config_dump/bpf, /debug/loggers, /version, /metrics
  --metrics ADDRESS [HOST]:PORT for /status/metric, or off (default :15020)
  --log-level L     error, warn, info (default) or debug

Exit codes: 0 fine, 1 the bundle or the kernel refused, 2 usage, 3 internal error. Needs root, Linux 5.10 or newer, libbpf1.
`;

export const ctlHelp = `kmeshctl: shows what kmesh-daemon has applied. It changes nothing.

Usage: kmeshctl COMMAND [options]

Commands:
  status      generation, attached programs, memory, connections by verdict
  dump        the tables that the programs read, in words and bytes, as kmesh-compile dump prints them

Options:
  --pin DIR   folder that the apply used (default /sys/fs/bpf/kmesh)
  --json      machine-readable output on stdout
  -h, --help  this text
  --version   the version

Exit codes: 0 fine, 1 nothing is applied or the kernel refused, 2 usage, 3 internal error. Needs root.
`;
