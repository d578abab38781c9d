import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Awaited } from "./awaited.ts";
import type { XdsClock } from "./clock.ts";
import type { XdsLimits } from "./limits.ts";
import { typeUrls } from "./protocol.ts";
import type { Requests } from "./requests.ts";
import type { Topic } from "./topic.ts";
import type { XdsKind, XdsUpdate } from "./types.ts";

/** Keeps the names of endpoints and routes that are asked for at those that resources refer to. */
export interface NameFollower {
  /** The kind that a kind's resources name: clusters name endpoints, listeners name routes. */
  referredBy(kind: XdsKind): Topic | undefined;
  /** The names that can be asked for; others are told. @param names that a resource of this kind refers to */
  askable(kind: XdsKind, names: readonly string[]): readonly string[];
  /** Asks for names that are referred to now, gives up those that are not; what is given up is gone for the consumer too. */
  follow(): void;
}

export interface NameFollowerContext {
  readonly clock: XdsClock;
  readonly limits: Pick<XdsLimits, "nameBytes" | "resources">;
  readonly topics: Readonly<Record<XdsKind, Topic>>;
  readonly awaited: Awaited;
  readonly requests: Requests;
  handOut(update: XdsUpdate): void;
  report(diagnostic: Diagnostic): void;
}

export function createNameFollower({ clock, limits, topics, awaited, requests, handOut, report }: NameFollowerContext): NameFollower {
  const isShort = (kind: XdsKind, name: string): boolean => {
    if (Buffer.byteLength(name) <= limits.nameBytes) return true;
    const message = `one refers to a name of more than ${limits.nameBytes} bytes, which is not asked for: ${JSON.stringify(name.slice(0, 64))}...`;
    report({ code: "KM7013", severity: "error", path: `${kind}s`, message });
    return false;
  };

  const followKind = (kind: "endpoint" | "route"): void => {
    const { subscription, channel, begun } = topics[kind];
    const change = subscription.update(limits.resources);
    if (!change) return;
    const { added, removed, leftOut } = change;
    if (leftOut > 0) {
      const message = `${limits.resources} names are asked for; ${leftOut} more are not`;
      report({ code: "KM7018", severity: "error", path: `${kind}s`, message });
    }
    for (const name of added) if (!channel.ledger.knows(name)) awaited.add(kind, name);
    for (const name of removed) awaited.drop(kind, name);
    if (begun && added.length + removed.length > 0) {
      if (subscription.isOpen()) requests.send(kind, subscription.change(change));
      else requests.ask(kind);
    }
    const gone = channel.forget(removed);
    if (gone.length === 0) return;
    handOut({ kind, typeUrl: typeUrls[kind], version: "", form: "protobuf", changed: new Map(), removed: gone, receivedAt: clock.now() });
  };

  return {
    referredBy: (kind) => (kind === "cluster" ? topics.endpoint : kind === "listener" ? topics.route : undefined),
    askable: (kind, names) => names.filter((name) => isShort(kind, name)),
    follow() {
      followKind("endpoint");
      followKind("route");
    },
  };
}
