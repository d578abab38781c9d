export const lowerCodes = {
  KM3001: {
    title: "an endpoint that connect() can't go to",
    explain:
      "The cluster has an endpoint that is a host name, a pipe or an internal listener. The connect hook can only put IP addresses and ports in place of others, so connections to this cluster are left to a proxy (punt). Host names of STRICT_DNS and LOGICAL_DNS clusters are looked up by kmesh-daemon run, which keeps the addresses up to date and goes to them; the compiler alone asks no name server, so that the same input gives the same bundle. Else give the cluster endpoints with IP addresses, for example by EDS.",
  },
  KM3002: {
    title: "requests reach the upstream as they are",
    explain:
      "Every request of this connection manager goes the same way, so its connections are decided at connect() and no proxy reads the requests. Envoy would have rewritten unusual paths (`/a/../b`, `//`) on the way, or added `via`, `x-forwarded-port` and `x-envoy-attempt-count`; here requests reach the upstream as the client wrote them.",
  },
  KM3003: {
    title: "an IPv6 endpoint behind an IPv4 address",
    explain:
      "A service with an IPv4 address has an endpoint with an IPv6 address. An IPv4 socket can't be sent there by the connect hook, so connections that draw this endpoint go where they were going (punt, counted as PUNT_FAMILY); IPv6 sockets reach it. Give the service an IPv6 address too, or IPv4 endpoints.",
  },
  KM3004: {
    title: "a silent client is connected",
    explain:
      "This listener has a listener filter that looks at the client's first bytes (tls_inspector, http_inspector), but whatever they are its connections go the same way, so they are decided at connect() and nothing waits for bytes. Envoy would hold back a client that sends nothing first, and close it when `listener_filters_timeout` passes (for ever where that is 0). Set `continue_on_listener_filters_timeout` with a timeout to say that such clients are welcome.",
  },
} as const;
