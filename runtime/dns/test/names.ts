/** Queries in few words, and a name server that does as it is told. */
import type { Ask, Family, HostnameQuery, Lookup, Outcome, Refresh } from "../index.ts";

const everySecond: Refresh = { intervalMs: 1000, respectTtl: false, minTtlMs: 0, jitterMs: 0 };

export function query(
  hostname: string,
  refresh: Partial<Refresh> = {},
  wants: "all" | "first" = "all",
  family: Family = "all",
): HostnameQuery {
  return { key: `${wants} ${family} ${hostname}`, hostname, family, wants, refresh: { ...everySecond, ...refresh } };
}

/** The IPv4 addresses that name servers of a cluster's own give. */
export function queryAt(hostname: string, ...servers: readonly string[]): HostnameQuery {
  return { ...query(hostname, {}, "all", "v4_only"), key: `all v4_only@${servers.join()} ${hostname}`, servers };
}

export interface TestNames {
  readonly ask: Ask;
  /** `hostname/family` of every question, with `@servers` behind the hostname where they are not the machine's. */
  readonly asked: string[];
  /** Addresses with their time to live in seconds, or a failure, from now on; of `hostname` or `hostname@servers`. */
  set(hostname: string, addresses: readonly string[] | Error, ttl?: number): void;
  /** From now on answers wait for `go`. */
  hold(): void;
  go(): void;
}

export function testNames(): TestNames {
  const known = new Map<string, Outcome>();
  const asked: string[] = [];
  let gate = Promise.resolve();
  let open = (): void => {};
  return {
    asked,
    async ask(hostname, family, { servers }: Lookup) {
      const name = servers ? `${hostname}@${servers.join()}` : hostname;
      asked.push(`${name}/${family}`);
      await gate;
      const outcome = known.get(name) ?? { kind: "answer", records: [] };
      if (outcome.kind === "failure") return outcome;
      return { kind: "answer", records: outcome.records.filter(({ address }) => address.includes(":") === (family === 6)) };
    },
    set(hostname, addresses, ttl = 0) {
      known.set(
        hostname,
        addresses instanceof Error
          ? { kind: "failure", message: addresses.message }
          : { kind: "answer", records: addresses.map((address) => ({ address, ttlMs: ttl * 1000 })) },
      );
    },
    hold() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    go: () => open(),
  };
}
