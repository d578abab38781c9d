import type { Dice } from "../dice.ts";

/** Clients by IPv4: private, loopback, public. */
export const froms = ["192.168.1.1:1111", "192.168.2.2:2222", "127.0.0.1:3333", "10.0.0.1:1111", "8.8.8.8:9999", "127.5.5.5:1111"];
/** The same by IPv6. */
export const froms6 = ["[fd00::9]:1111", "[::1]:2222", "[2001:db8::1]:3333", "[fd00::1]:1111"];

/** The source, of the destination's family. */
export function randomFrom(dice: Dice, to: string): string {
  return dice.pick(to.startsWith("[") ? froms6 : froms);
}
