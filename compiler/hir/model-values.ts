/** Canonical text: dotted IPv4, or RFC 5952 IPv6. */
export type IpText = string;

/** numerator / denominator, denominator 100, 10,000 or 1,000,000. */
export interface HirFraction {
  readonly numerator: number;
  readonly denominator: number;
}
