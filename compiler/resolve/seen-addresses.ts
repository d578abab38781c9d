import { endpointText } from "../hir/endpoint-text.ts";
import type { HirEndpointAddress } from "../hir/index.ts";
import { ipv4Of } from "./address.ts";

/** The addresses of one assignment. Most have few: comparing is then cheaper than hashing. */
export class SeenAddresses {
  readonly #few: (number | string)[] = [];
  #many: Set<number | string> | undefined;

  /** False where the address is there already. */
  add(address: HirEndpointAddress): boolean {
    const ip = address.kind === "ip" || address.kind === "dead" ? ipv4Of(address.ip) : -1;
    return ip >= 0 && "port" in address ? this.addIpv4(ip, address.port) : this.#addKey(endpointText(address));
  }

  /** @param ip as of ipv4Of() */
  addIpv4(ip: number, port: number): boolean {
    return this.#addKey(ip * 0x1_0000 + port);
  }

  #addKey(key: number | string): boolean {
    if (this.#many) return this.#many.size < this.#many.add(key).size;
    if (this.#few.includes(key)) return false;
    this.#few.push(key);
    if (this.#few.length > 16) this.#many = new Set(this.#few);
    return true;
  }
}
