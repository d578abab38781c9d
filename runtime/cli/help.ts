/** All help texts. No imports: `--help` must answer at once. */

export const daemonHelp = `kmesh-daemon: puts compiled bundles into the kernel.

Usage: kmesh-daemon COMMAND [options]

Commands:
  apply BUNDLE --cgroup PATH   load, attach and publish a bundle (a folder made by kmesh-compile compile)
  detach                       detach the programs and remove everything that was pinned

apply makes the connections of the processes in the cgroup (and below it) go where the bundle says. What is applied stays when this
command ends. A second apply on the same pin folder changes what runs without a gap: by one 8-byte store when one cluster's endpoints
changed, else as a new generation beside the running one. When it fails, what ran before goes on unchanged.

Options:
  --cgroup PATH   cgroup v2 folder; needed by the first apply, later ones keep the cgroup they find
  --pin DIR       folder on a BPF file system that holds the state (default /sys/fs/bpf/kmesh)
  --mount         apply: mount a BPF file system at the pin folder if it is not on one
  --json          machine-readable output on stdout
  -h, --help      this text
  --version       the version

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
