/** KM3500 to KM3999: lowering to the decide tier. KM4500 to KM4999: its layout. */
export const decideCodes = {
  KM3500: {
    title: "regular expression too large",
    explain:
      "Regular expressions become automata, one table step a byte. This one needs more states than the limit (limits.ts, dfaStates), mostly because of bounded repetitions of wide classes. A request that reaches the route is left to a proxy: it is never matched wider or narrower. Use a simpler expression, or prefix and exact matches.",
  },
  KM3501: {
    title: "more text than the data plane reads",
    explain:
      "The first bytes of a connection are looked at in a buffer of fixed size. A head that does not fit in it (and is not refused by the connection manager's own limit first) is left to a proxy. Lower max_request_headers_kb to get Envoy's 431 instead.",
  },
} as const;
