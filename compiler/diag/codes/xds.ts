/** KM7001 to KM7049: following a control plane, or a snapshot instead of one. */
export const xdsCodes = {
  KM7001: {
    title: "the control plane is out of reach",
    explain:
      "No connection could be made, or it broke: wrong address, no route, a server that is down, a certificate that does not fit. What runs goes on unchanged, and the next attempt follows by itself after a pause that grows to 30 s. The message has gRPC's reason; check XDS_ADDRESS and the control plane.",
  },
  KM7002: {
    title: "the control plane refuses us",
    explain:
      "It answered UNAUTHENTICATED or PERMISSION_DENIED: the token is old or meant for another audience, or the node's identity is not allowed. What runs goes on unchanged, and attempts go on; a new token is tried at once. Check the projected token (audience istio-ca) and CLUSTER_ID.",
  },
  KM7003: {
    title: "credentials can't be read",
    explain:
      "The root certificate, the client certificate, its key or the token is absent, unreadable or broken. No connection is made without it; what runs goes on unchanged. The file is looked at every second and used as soon as it is there.",
  },
  KM7004: {
    title: "the stream ended",
    explain:
      "The control plane ended the stream: it restarts, or limits the age of connections, or failed (the message has its status). What is held stays, and the next stream says what is held, so that only changes come.",
  },
  KM7005: {
    title: "a response that is none",
    explain:
      "The bytes of a message are no DiscoveryResponse. The stream is closed, what is held stays, and a new stream follows after a pause. The control plane, or something between, is broken.",
  },
  KM7006: {
    title: "a response larger than the limit",
    explain:
      "A response has more bytes than the client takes (128 MiB unless set). The stream is closed and what is held stays; the same will happen again until the mesh that the node sees is smaller (Sidecar, exportTo) or the limit is raised.",
  },
  KM7007: {
    title: "no answer from the control plane",
    explain:
      "A request, or names in it, got no answer in 15 s (Envoy's initial_fetch_timeout). The client goes on without: clusters without endpoints refuse, listeners without routes answer 404. An answer still counts when it comes. Look at the control plane's own log for the node.",
  },
  KM7008: {
    title: "the control plane does not read",
    explain:
      "Requests queue up on the stream because the control plane does not take them. The stream is closed, what is held stays, and a new stream follows after a pause.",
  },
  KM7009: {
    title: "the control plane does not speak this protocol",
    explain:
      "It answered UNIMPLEMENTED: it has no aggregated discovery service in the mode asked for. Nothing is received. Use the other mode (state of the world or delta), and check the address.",
  },
  KM7010: {
    title: "a response that was not asked for",
    explain:
      "The response is of a type that was not subscribed to. It is ignored and not acknowledged. The control plane breaks the protocol.",
  },
  KM7011: {
    title: "a resource of another type",
    explain:
      "A response of one type holds a resource of another. The resource is left out, its last good version stays, and the response is rejected (NACK) for it; other resources of it are taken.",
  },
  KM7012: {
    title: "a resource that can't be referred to",
    explain:
      "The resource has no name, or breaks before its name. It is left out, and the response is rejected (NACK) for it; other resources of it are taken.",
  },
  KM7013: {
    title: "a name that is too long",
    explain:
      "A resource's name has more bytes than the limit (4096). The resource is left out, and the response rejected (NACK) for it; where the name is a reference, it is not asked for, and what refers to it stays without.",
  },
  KM7014: {
    title: "two resources of one name in a response",
    explain:
      "The first one counts, the other is left out, and the response is rejected (NACK) for it. The control plane makes two resources of one name.",
  },
  KM7015: {
    title: "a resource under another name",
    explain:
      "The wrapper of an incremental response names the resource otherwise than the resource names itself, so that its removal would not find it. It is left out, its last good version stays, and the response is rejected (NACK) for it.",
  },
  KM7016: {
    title: "too many resources",
    explain:
      "A response, or what is held of one kind, would have more resources than the limit (200,000). What is beyond is left out, the last good stays, and the response is rejected (NACK) for it. Scope what the node sees, or raise the limit.",
  },
  KM7017: {
    title: "too many bytes of resources",
    explain:
      "The resources of one kind would take more memory than the limit (512 MiB). What is beyond is left out, its last good version stays, and the response is rejected (NACK) for it. Scope what the node sees, or raise the limit.",
  },
  KM7018: {
    title: "too many names to ask for",
    explain:
      "Clusters or listeners refer to more endpoints or routes than the limit (200,000). The names beyond it are not asked for, and what refers to them stays without. Scope what the node sees, or raise the limit.",
  },
  KM7019: {
    title: "removal of a resource in use",
    explain:
      "An incremental response removes endpoints or routes that a cluster or listener still refers to. They stay in use, as in Envoy, until nothing refers to them.",
  },
  KM7020: {
    title: "updates are merged",
    explain:
      "Changes come faster than they are handed on (1000 updates a second of one kind, or 64 without a verdict). Nothing is lost: they are merged by resource and the newest wins, so that a flapping resource costs no more than that. Find what flaps.",
  },
  KM7022: {
    title: "too many responses wait for an answer",
    explain:
      "The control plane goes on sending while earlier responses are still being compiled, and what must be remembered to answer them has reached its limit (docs/limits.md). The stream is closed and opened again after a while; what was accepted stays, and the newest state comes with the new stream. Find out why it sends so much.",
    severity: "error",
  },
  KM7021: {
    title: "an update could not be processed",
    explain:
      "Processing an update failed in a way that is a bug of ours. The update counts as rejected (NACK), the last good stays, and following goes on. Report it with the message.",
  },
  KM7023: {
    title: "everything is asked for again",
    explain:
      "The first state that the control plane sent to this process was rejected as a whole (the failure before it in the log says why): a part of it alone would make a mesh without the rest. Or what was accepted can't be read back from the state folder (KM6304 in the log says why). The stream is closed, and the next one asks for everything. What is applied stays until all of it has come and fits.",
  },
  KM7030: {
    title: "bootstrap that can't be used",
    explain:
      "The gRPC xDS bootstrap is no JSON, or lacks a server, its address, credentials that we know (insecure, tls), or a node id. Nothing is followed. Correct the file.",
  },
  KM7031: {
    title: "bootstrap setting without effect",
    explain:
      "The gRPC xDS bootstrap has a key, a server feature, a second server or credentials that are not used here. The rest of it is.",
  },
  KM7032: {
    title: "environment variable that can't be used",
    explain:
      "A variable of the node's identity is not what it should be: INSTANCE_IP no IP address, ISTIO_METAJSON_* no JSON, XDS_PLAINTEXT neither true nor false (TLS stays on). It is left out of the identity; the rest of it is used.",
  },
  KM7040: {
    title: "the snapshot can't be read",
    explain:
      "The file is absent or unreadable. What was applied stays, and the file is looked at again, so that it is used as soon as it is there.",
  },
} as const;
