/** Codes of what the interpreter itself leaves to a proxy; resolve's own start at KM2001. */
export const hirCodes = {
  KM2900: {
    title: "HTTP/2 on a plaintext connection",
    explain:
      "The client speaks HTTP/2 with prior knowledge, or the listener's codec_type is HTTP2 or HTTP3. The data plane reads HTTP/1 heads only, so such a connection is left to a userspace proxy, whatever its routes say.",
  },
} as const;
