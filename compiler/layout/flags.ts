/** Bits of records; each becomes a #define of bpf/gen/km_tables.h under the name in capitals. */
export const flags = {
  /** Cell.run: every endpoint of the run has the same share, so that the pick is one multiplication. */
  KM_CELL_UNIFORM: 0x8000,
  /** Endpoint.flags: the address is IPv4 (stored as ::ffff:a.b.c.d). */
  KM_EP_IPV4: 0x0001,
  /** Endpoint.flags: no address: a draw that ends here finds no endpoint. */
  KM_EP_NONE: 0x0002,
  /** Header.flags: some IPv4 wildcard address exists, so a miss must look for it. */
  KM_HF_WILDCARD4: 0x0001,
  /** Header.flags: some IPv6 wildcard address exists. */
  KM_HF_WILDCARD6: 0x0002,
} as const;
