/** Codes of what the interpreter itself leaves to a proxy; resolve's own start at KM2001. */
export const hirCodes = {
  KM2900: {
    title: "HTTP/2 on a plaintext connection",
    explain:
      "The client speaks HTTP/2 with prior knowledge, or the listener's codec_type is HTTP2 or HTTP3. The data plane reads HTTP/1 heads only, so such a connection is left to a userspace proxy, whatever its routes say.",
  },
  KM2901: {
    title: "CONNECT-UDP",
    explain:
      "A request with `Upgrade: connect-udp` (RFC 9298) asks for a tunnel to the host and port in its path, by which Envoy then looks for a virtual host. Only a proxy can carry datagrams, so such a request is left to one.",
  },
  KM2902: {
    title: "the proxy's own address in a request header",
    explain:
      "With use_remote_address, x-forwarded-for gets the address of the client. Of a client on the loopback address (127.0.0.1 or ::1) Envoy writes the address of the machine that it runs on instead, which only that proxy knows. Where the route table reads that header (a match, a cluster_header, a value that is put together from it), such a request is left to the proxy; elsewhere it is decided, and the answer tells 127.0.0.1, which is what Envoy writes on a machine without a network. With skip_xff_append nothing is written.",
  },
} as const;
