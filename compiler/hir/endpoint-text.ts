import { assertNever } from "../diag/index.ts";
import { formatSocketAddress } from "./ip.ts";
import type { HirEndpointAddress } from "./model.ts";

/** `10.0.0.1:80`, `[::1]:80`, `example.com:80`: two endpoints are one where it is the same. */
export function endpointText(address: HirEndpointAddress): string {
  switch (address.kind) {
    case "ip":
    case "dead":
      return formatSocketAddress(address.ip, address.port);
    case "host":
      return `${address.host}:${address.port}`;
    case "other":
      return address.text;
    default:
      return assertNever(address);
  }
}
