import type { HirVirtualHost } from "../hir/index.ts";
import { perObject } from "../memo/index.ts";
import { refuse, type Scope } from "./scope.ts";

/** Virtual hosts of a table, one list after the other. */
type Lists = readonly (readonly HirVirtualHost[])[];

/** Refuses a domain that stands twice in a table. Equal ones are found after lowering. */
export function checkDomains(scope: Scope, lists: Lists): void {
  if (mayHaveTwins(lists.map(hashesOf))) refuseTwins(scope, lists.flat());
}

/** Two hashes of each domain: of a list that stays, no text is looked at again. */
const hashesOf = perObject((vhosts: readonly HirVirtualHost[]): Int32Array => {
  const hashes: number[] = [];
  for (const { domains } of vhosts)
    for (const domain of domains) {
      let a = 0x811c9dc5;
      let b = 0x9e3779b9;
      for (let at = 0; at < domain.length; at++) {
        const code = domain.charCodeAt(at);
        a = Math.imul(a ^ code, 0x01000193);
        b = Math.imul(b + code, 0x85ebca6b);
        b ^= b >>> 15;
      }
      hashes.push(a, b);
    }
  return Int32Array.from(hashes);
});

/** Whoever chose domains that collide has them looked up by their texts. */
const MOST_STEPS = 1000;

/** Whether both hashes of two domains are equal: of twins they are, of others once in 2^64. */
function mayHaveTwins(lists: readonly Int32Array[]): boolean {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let mask = 1;
  while (mask < all.length) mask = 2 * mask + 1;
  /** By hash, with open addressing: the place behind that of the first hash in `all`. At most half of it is used. */
  const places = new Uint32Array(mask + 1);
  let next = 0;
  for (const list of lists) {
    all.set(list, next);
    next += list.length;
  }
  for (let at = 0; at < all.length; at += 2) {
    let slot = all[at]! & mask;
    for (let steps = 1; places[slot] !== 0; steps++) {
      const other = places[slot]! - 1;
      if ((all[other] === all[at] && all[other + 1] === all[at + 1]) || steps > MOST_STEPS) return true;
      slot = (slot + 1) & mask;
    }
    places[slot] = at + 1;
  }
  return false;
}

function refuseTwins(scope: Scope, vhosts: readonly HirVirtualHost[]): void {
  const owners = new Map<string, string>();
  for (const { path, domains } of vhosts) {
    for (const [i, domain] of domains.entries()) {
      const owner = owners.get(domain);
      if (owner === undefined) owners.set(domain, path);
      else {
        const twin = owner === path ? "twice in this virtual host" : `in ${owner} too`;
        refuse(
          scope,
          "KM2301",
          `${path}.domains[${i}]`,
          `the domain ${JSON.stringify(domain)} stands ${twin}`,
          "let each domain stand in one virtual host of a table",
        );
      }
    }
  }
}
