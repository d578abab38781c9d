/** Intervals of prefixes against the definition: the longest prefix that holds the address. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LirInterval, LirPlace } from "../../lir/decide.ts";
import { compareBytes } from "../bytes.ts";
import { addressIntervals, ipKey, portIntervals } from "../decide-intervals.ts";

const intervals = suite("intervals");

const place = (chain: number): LirPlace => ({ kind: "chain", chain });
const none: LirPlace = { kind: "none" };

function find(list: readonly LirInterval[], key: Uint8Array): LirPlace {
  return list.find(({ last }) => compareBytes(key, last) <= 0)!.next;
}

function inside(key: Uint8Array, net: Uint8Array, length: number): boolean {
  for (let bit = 0; bit < length; bit++) if ((key[bit >> 3]! ^ net[bit >> 3]!) & (0x80 >> (bit & 7))) return false;
  return true;
}

intervals("nested and neighbouring prefixes", () => {
  const prefixes = [
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.0/32",
    "10.0.255.0/24",
    "10.1.0.0/16",
    "255.255.255.255/32",
    "0.0.0.0/32",
    "128.0.0.0/1",
  ].map((text, i) => {
    const [ip, length] = text.split("/");
    return { prefix: { ip: ip!, length: Number(length) }, next: place(i) };
  });
  const list = addressIntervals(prefixes, 4, none);
  const probes = [
    "0.0.0.0",
    "0.0.0.1",
    "9.255.255.255",
    "10.0.0.0",
    "10.0.0.1",
    "10.0.254.255",
    "10.0.255.0",
    "10.0.255.255",
    "10.1.0.0",
    "10.2.0.0",
    "11.0.0.0",
    "127.255.255.255",
    "128.0.0.0",
    "255.255.255.254",
    "255.255.255.255",
  ];
  for (const ip of probes) {
    const key = ipKey(ip, 4)!;
    const wanted = prefixes
      .filter(({ prefix }) => inside(key, ipKey(prefix.ip, 4)!, prefix.length + 96))
      .sort((a, b) => b.prefix.length - a.prefix.length)[0];
    assert.is(find(list, key), wanted?.next ?? none, ip);
  }
  assert.equal(list.at(-1)!.last, new Uint8Array(16).fill(255), "the key space is covered");
});

intervals("an IPv4 range takes no IPv6 address", () => {
  const list = addressIntervals([{ prefix: { ip: "0.0.0.0", length: 0 }, next: place(1) }], 6, none);
  assert.equal(
    list.map(({ next }) => next),
    [none],
  );
});

intervals("ports", () => {
  const list = portIntervals(
    new Map([
      [80, place(1)],
      [81, place(2)],
      [65535, place(3)],
    ]),
    none,
  );
  const at = (port: number) => find(list, Uint8Array.from([...Array<number>(14).fill(0), port >> 8, port & 255]));
  assert.equal([0, 79, 80, 81, 82, 65534, 65535].map(at), [none, none, place(1), place(2), none, none, place(3)]);
});

intervals.run();
