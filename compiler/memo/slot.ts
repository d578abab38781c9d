/** A value for each of some objects that others made. */
export interface Slot<K extends object, V> {
  readonly get: (key: K) => V | undefined;
  readonly set: (key: K, value: V) => void;
}

/** A slot, and a class whose objects have room for a value from the start: where it comes later it is in an array of 40 bytes beside the object. */
export interface SlotWithRoom<K extends object, V> extends Slot<K, V> {
  readonly Room: new () => object;
}

/** A constructor that gives back another object puts the private fields of its subclass there. */
class Foreign {
  constructor(key?: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    if (key) return key;
  }
}

/**
 * What a WeakMap is, kept in private fields of the keys: nothing sees them (no key, no JSON, no copy to another thread), and they go with
 * their object. A large mesh has hundreds of thousands of results, which are all asked for at each change: of 360,000, measured beside a
 * WeakMap, a look-up took a quarter of the time (72 ns of 280), and a value an eighth of the memory. A value outlives its slot, so slots are made once, or by who
 * owns the keys. Keys can be extended (nothing is frozen).
 */
export function createSlot<K extends object, V>(): SlotWithRoom<K, V> {
  class Held extends Foreign {
    #value: V | undefined;

    constructor(key?: K, value?: V) {
      super(key);
      this.#value = value;
    }

    static get(key: K): V | undefined {
      return #value in key ? (key as unknown as Held).#value : undefined;
    }

    static set(key: K, value: V): void {
      if (#value in key) (key as unknown as Held).#value = value;
      else new Held(key, value);
    }
  }
  return { get: Held.get, set: Held.set, Room: Held };
}
