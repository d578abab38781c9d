import { perObject } from "../../memo/index.ts";
import type { SocketAddress } from "../decision.ts";
import type { HirListener, HirModel } from "../model.ts";

/** Which listener decides a connection, and the one that took it first (the same, but for connections redirected by address). */
export interface ListenerChoice {
  readonly listener: HirListener;
  /** The use_original_dst listener; its listener filters run before those of `listener`. */
  readonly virtual?: HirListener;
}

/** By the restored destination. Absent: no listener takes the connection. */
export type ChooseListener = (to: SocketAddress) => ListenerChoice | undefined;

/**
 * Exact address and port, then the wildcard of the family with that port, then the use_original_dst listener (the first by name).
 * The choice is final: nothing that happens later comes back here.
 */
export function indexListeners({ listeners }: HirModel): ChooseListener {
  return indexList(listeners);
}

/** A list that stays is indexed once. */
const indexList = perObject((listeners: readonly HirListener[]): ChooseListener => {
  const exact = new Map<string, HirListener>();
  const virtual = listeners.find((listener) => listener.useOriginalDst);
  const put = (key: string, listener: HirListener) => {
    if (!exact.has(key)) exact.set(key, listener);
  };
  for (const listener of listeners) {
    for (const address of listener.addresses) put(`${address.ip} ${address.port}`, listener);
  }
  for (const listener of listeners) {
    for (const address of listener.addresses) {
      if (address.ip === "::" && address.ipv4Compat) put(`0.0.0.0 ${address.port}`, listener);
    }
  }
  return (to) => {
    const wildcard = to.ip.includes(":") ? "::" : "0.0.0.0";
    const found = exact.get(`${to.ip} ${to.port}`) ?? exact.get(`${wildcard} ${to.port}`);
    if (found) return virtual && virtual !== found ? { listener: found, virtual } : { listener: found };
    return virtual ? { listener: virtual } : undefined;
  };
});
