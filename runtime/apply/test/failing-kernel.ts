/** Any kernel, where one call can be made to fail. */
import { type Kernel, KernelError, type Mapping } from "../../kernel/index.ts";

export interface FailingKernel {
  readonly kernel: Kernel;
  /** Calls so far that can fail: all but those that only let go of something. */
  calls(): number;
  /** The call of that number (from 1) fails instead of being made; undefined: none. */
  failAt(call: number | undefined): void;
  /** Name of the call that failed last. */
  failed(): string | undefined;
}

const neverFail: ReadonlySet<string> = new Set(["close"]);

export function failingKernel(inner: Kernel): FailingKernel {
  let calls = 0;
  let failing: number | undefined;
  let failed: string | undefined;
  /** An error, if it is this call's turn. */
  const turn = (name: string): KernelError | undefined => {
    if (++calls !== failing) return undefined;
    failed = name;
    return new KernelError("call", `${name} failed: injected`, 5);
  };
  const mapping = (made: Mapping): Mapping => ({
    ...made,
    store(offset, value) {
      const error = turn("store");
      if (error) throw error;
      made.store(offset, value);
    },
  });
  const wrapped = Object.entries(inner).map(([name, method]: [string, (...args: unknown[]) => unknown]) => {
    if (typeof method !== "function" || neverFail.has(name)) return [name, method];
    return [
      name,
      (...args: unknown[]): unknown => {
        const error = turn(name);
        if (error && asynchronous.has(name)) return Promise.reject(error);
        if (error) throw error;
        const result = method(...args);
        return name === "map" ? mapping(result as Mapping) : result;
      },
    ];
  });
  return {
    kernel: Object.fromEntries(wrapped) as Kernel,
    calls: () => calls,
    failAt(at) {
      failing = at;
      failed = undefined;
    },
    failed: () => failed,
  };
}

const asynchronous: ReadonlySet<string> = new Set(["setSlot", "clearSlot", "gracePeriod"]);
