import { isIP } from "node:net";
import { createKeeper } from "../keep/index.ts";
import type { Logger } from "../log/index.ts";
import type { AnswersFile } from "./answers-file.ts";
import { setOf } from "./channels.ts";
import type { ResolverClock } from "./clock.ts";
import { delayAfterAnswer, delayAfterFailure } from "./delay.ts";
import { lookUp } from "./family.ts";
import { dnsLimits } from "./limits.ts";
import { createQueues } from "./queues.ts";
import type { Answers, Ask, HostnameQuery, Outcome, Refresh } from "./types.ts";

/** Keeps the answers of host names fresh. A name's last good answer stays until there is a better one. */
export interface Resolver {
  /** From now on these names are looked up, and no others. */
  watch(queries: readonly HostnameQuery[]): void;
  /** The last good answer: sorted, or the one address of a `first`. Undefined: there was none yet. */
  answer(key: string): readonly string[] | undefined;
  /** Resolves when each name has an answer or has failed once, or after this many milliseconds. */
  settled(ms: number): Promise<void>;
  status(): ResolverStatus;
  close(): void;
}

export interface ResolverStatus {
  readonly names: number;
  /** Names whose last lookup failed. */
  readonly failing: number;
  /** Names without any answer. */
  readonly unanswered: number;
  readonly lookups: number;
  readonly failures: number;
  /** Milliseconds since the oldest of the names' last good lookups; undefined where there is none. */
  readonly oldestMs: number | undefined;
}

export interface ResolverOptions {
  readonly ask: Ask;
  readonly clock: ResolverClock;
  readonly log: Logger;
  /** Where answers outlive the process: those of an earlier one are good until there are others. */
  readonly file?: AnswersFile;
  /** The answer of a watched name is another one than before. */
  readonly onChange: (key: string, addresses: readonly string[]) => void;
}

interface Name {
  readonly query: HostnameQuery;
  /** What those who asked for it want, each once. */
  refreshes: readonly Refresh[];
  addresses: readonly string[] | undefined;
  /** In a row. */
  failures: number;
  /** Clock's milliseconds of the last good lookup. */
  goodAt: number | undefined;
  state: "waiting" | "asking" | "resting";
  /** Ends a rest. */
  wake: (() => void) | undefined;
}

export function createResolver({ ask, clock, log, file, onChange }: ResolverOptions): Resolver {
  const names = new Map<string, Name>();
  const queues = createQueues();
  const remembered = file?.read();
  const answers = (): Answers => new Map([...names].flatMap(([key, { addresses }]) => (addresses ? [[key, addresses]] : [])));
  const keeper =
    file &&
    createKeeper({
      write: () => file.write(answers()),
      // A restart would have to look the names up before it knows them.
      onError: (error) => log.error("the answers for host names could not be kept", { code: "KM6304", error }),
      timer: clock.timer,
    });
  /** Names without an answer that have not failed yet either. */
  const open = new Set<Name>();
  const waiters = new Set<() => void>();
  let lookups = 0;
  let failures = 0;

  const isWatched = (name: Name): boolean => names.get(name.query.key) === name;
  const close = (name: Name): void => {
    open.delete(name);
    if (open.size === 0) for (const wake of waiters) wake();
  };

  function begin(name: Name): void {
    name.wake?.();
    name.wake = undefined;
    name.state = "waiting";
    queues.add(setOf(name.query), async () => {
      if (!isWatched(name)) return;
      name.state = "asking";
      lookups++;
      const outcome = await lookUp(ask, name.query);
      if (isWatched(name)) end(name, usable(outcome, name.query));
    });
  }

  function end(name: Name, outcome: Outcome): void {
    name.state = "resting";
    const delay = outcome.kind === "answer" ? answered(name, outcome) : failed(name, outcome.message);
    name.wake = clock.timer(delay, () => begin(name));
    close(name);
  }

  function answered(name: Name, { records }: Outcome & { kind: "answer" }): number {
    const { key, hostname, wants, firstFamily } = name.query;
    if (name.failures > 0) log.info("a host name is found again", { hostname, failures: name.failures });
    name.failures = 0;
    name.goodAt = clock.now();
    const list = records.map(({ address }) => address);
    const addresses = wants === "first" ? firstOf(list, firstFamily) : [...new Set(list)].sort();
    if (addresses.join() !== name.addresses?.join() || !name.addresses) {
      name.addresses = addresses;
      log.debug("a host name has other addresses", { hostname, addresses });
      keeper?.changed();
      onChange(key, addresses);
    }
    return delayAfterAnswer(name.refreshes, wants === "first" ? records.slice(0, 1) : records, clock.random);
  }

  function failed(name: Name, message: string): number {
    failures++;
    name.failures++;
    const { hostname, servers } = name.query;
    // Once, not at each try.
    if (name.failures === 1) log.warn("a host name could not be looked up", { hostname, servers, message, kept: name.addresses });
    return delayAfterFailure(name.refreshes, name.failures, clock.random);
  }

  function take(query: HostnameQuery, refreshes: readonly Refresh[]): void {
    const addresses = remembered?.get(query.key);
    const name: Name = { query, refreshes, addresses, failures: 0, goodAt: undefined, state: "waiting", wake: undefined };
    names.set(query.key, name);
    if (!addresses) open.add(name);
    begin(name);
  }

  function forget(name: Name): void {
    name.wake?.();
    names.delete(name.query.key);
    close(name);
  }

  return {
    watch(queries) {
      const wanted = byKey(queries);
      for (const [key, name] of names) if (!wanted.has(key)) forget(name);
      const sets = new Set(["", ...[...names.values()].map(({ query }) => setOf(query))]);
      queues.keep(sets);
      const refused = { names: 0, sets: 0 };
      for (const [key, { query, refreshes }] of wanted) {
        const known = names.get(key);
        if (known) {
          const changed = JSON.stringify(known.refreshes) !== JSON.stringify(refreshes);
          known.refreshes = refreshes;
          if (changed && known.state === "resting") begin(known);
        } else if (names.size >= dnsLimits.names) refused.names++;
        else if (!sets.has(setOf(query)) && sets.size > dnsLimits.serverSets) refused.sets++;
        else {
          sets.add(setOf(query));
          take(query, refreshes);
        }
      }
      const told = "these have no answer";
      if (refused.names > 0) log.error(`too many host names: ${told}`, { refused: refused.names, limit: dnsLimits.names });
      if (refused.sets > 0) {
        log.error(`host names of too many sets of name servers: ${told}`, { refused: refused.sets, limit: dnsLimits.serverSets });
      }
    },
    answer: (key) => names.get(key)?.addresses,
    settled(ms) {
      if (open.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          waiters.delete(wake);
          cancel();
          resolve();
        };
        const cancel = clock.timer(ms, wake);
        waiters.add(wake);
      });
    },
    status() {
      const all = [...names.values()];
      const good = all.flatMap(({ goodAt }) => (goodAt === undefined ? [] : [goodAt]));
      return {
        names: all.length,
        failing: all.filter((name) => name.failures > 0).length,
        unanswered: all.filter((name) => name.addresses === undefined).length,
        lookups,
        failures,
        oldestMs: good.length === 0 ? undefined : clock.now() - Math.min(...good),
      };
    },
    close() {
      keeper?.flush();
      for (const name of names.values()) forget(name);
    },
  };
}

function byKey(queries: readonly HostnameQuery[]): ReadonlyMap<string, { readonly query: HostnameQuery; readonly refreshes: Refresh[] }> {
  const wanted = new Map<string, { readonly query: HostnameQuery; readonly refreshes: Refresh[] }>();
  for (const query of queries) {
    const same = wanted.get(query.key);
    if (!same) wanted.set(query.key, { query, refreshes: [query.refresh] });
    else if (!same.refreshes.some((refresh) => JSON.stringify(refresh) === JSON.stringify(query.refresh)))
      same.refreshes.push(query.refresh);
  }
  return wanted;
}

/** One address at most. */
function firstOf(addresses: readonly string[], family: 4 | 6 | undefined): readonly string[] {
  const first = addresses.find((address) => isIP(address) === family) ?? addresses[0];
  return first === undefined ? [] : [first];
}

/** What counts as a failure for who asked. */
function usable(outcome: Outcome, { wants }: HostnameQuery): Outcome {
  if (outcome.kind === "failure") return outcome;
  const { length } = outcome.records;
  if (length === 0 && wants === "first") return { kind: "failure", message: "the name has no address" };
  if (length > dnsLimits.addresses) {
    return { kind: "failure", message: `${length} addresses: more than ${dnsLimits.addresses} are taken for a mistake` };
  }
  return outcome;
}
