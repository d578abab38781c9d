/** What `kmesh-daemon run` reports beside the kernel's and the control plane's. */
export const followCodes = {
  KM6301: {
    title: "the daemon could not compile the mesh",
    explain:
      "Compiling, proving or applying a change broke a rule of the daemon's own; the message has which. The changes of that moment were rejected and what ran before runs on; later changes are tried anew. It is a bug: report it with the snapshot and the message.",
    severity: "error",
  },
  KM6302: {
    title: "the admin address is not local",
    explain:
      "The admin server tells everything about the mesh and asks nobody who they are, so it listens on loopback addresses and Unix sockets only. Nothing was started. Use 127.0.0.1:PORT, [::1]:PORT, localhost:PORT or unix:PATH.",
    severity: "error",
  },
  KM6303: {
    title: "the admin server could not listen",
    explain:
      "The address of the admin server is in use, or its socket can't be made there; the message has the error. Nothing was started. Stop the other process, or choose another address with --admin and --metrics.",
    severity: "error",
  },
  KM6304: {
    title: "the state folder can't be used",
    explain:
      "The folder given with --state could not be made, read or written, or another daemon works with it; the message has the error. At the start it ends the daemon; later the daemon works on, and a restart on an empty machine would have to wait for the control plane. Accepted resources lie there in a file without a name while the daemon runs: where something can't be written to it, all of them are in memory from then on and the room is left to the rest, and where it can't be read back, all of them are asked for again. Give a folder on a disk that can be written, to each daemon one of its own.",
    severity: "error",
  },
  KM6305: {
    title: "the daemon does not answer as asked",
    explain:
      "kmeshctl asked the daemon's admin address (--admin, default 127.0.0.1:15200) for something that only a daemon can tell or do, and none listens there, or it refused: the message says which. Start `kmesh-daemon run`, or give the address that it was started with. `kmeshctl status` and `kmeshctl dump` work without a daemon, from what is pinned.",
  },
  KM6306: {
    title: "last good versions of an earlier daemon can't be used",
    explain:
      "A resource that is rejected goes on in its last good version, and that version is kept in last-good-resources.json of the state folder, so that a daemon that is started meanwhile still has it. Either the file is damaged or of another form (it was set aside, the message says where), or one of its resources is not valid for this version of the daemon or beside the other resources of today, and was left out. Until the control plane sends a version that is accepted, the mesh is without these resources. Mend what the control plane sends: the log has its rejections.",
    severity: "error",
  },
  KM6307: {
    title: "a restart would forget last good versions",
    explain:
      "More resources are rejected than last good versions are kept over a restart (the limits stand in docs/limits.md). While this daemon runs they go on as they are; after a restart the mesh would be without them until the control plane sends versions that are accepted. Mend what the control plane sends before the daemon is restarted.",
    severity: "error",
  },
} as const;
