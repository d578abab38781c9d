import type { Content, Entry } from "./entry.ts";

/** Bytes of what is accepted of a ledger's entries, by name, in the order in which the names came. */
export class AcceptedView implements ReadonlyMap<string, Uint8Array> {
  /** Counted by the ledger. */
  size = 0;
  readonly #all: ReadonlyMap<string, Entry>;

  constructor(entries: ReadonlyMap<string, Entry>) {
    this.#all = entries;
  }

  get(name: string): Uint8Array | undefined {
    return this.#all.get(name)?.accepted?.bytes();
  }

  has(name: string): boolean {
    return this.#all.get(name)?.accepted !== undefined;
  }

  *entries(): MapIterator<[string, Uint8Array]> {
    for (const { name, accepted } of this.#all.values()) if (accepted) yield [name, accepted.bytes()];
  }

  *keys(): MapIterator<string> {
    for (const { name, accepted } of this.#all.values()) if (accepted) yield name;
  }

  *contents(): Generator<Content> {
    for (const { accepted } of this.#all.values()) if (accepted) yield accepted;
  }

  *values(): MapIterator<Uint8Array> {
    for (const content of this.contents()) yield content.bytes();
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries();
  }

  forEach(visit: (bytes: Uint8Array, name: string, map: ReadonlyMap<string, Uint8Array>) => void): void {
    for (const [name, bytes] of this.entries()) visit(bytes, name, this);
  }
}
