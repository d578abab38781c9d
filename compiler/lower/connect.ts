import { compareText, type DiagnosticSink, InternalError } from "../diag/index.ts";
import type { HirChain, HirListenAddress, HirListener, HirModel } from "../hir/index.ts";
import { formatIp, parseIp } from "../hir/ip.ts";
import type { LirConnect, LirLeaf, LirService } from "../lir/connect.ts";
import { type Chunk, createLast, createSlot, type Last, perObject } from "../memo/index.ts";
import { atAddress, byAddress, byPort, candidates, type Inspectors, inspectorsOf } from "./connect-chains.ts";
import { tellFamilies } from "./connect-family.ts";
import { reduceHttp } from "./connect-http.ts";
import { plainServices } from "./connect-plain.ts";
import { type ConnectTargets, connectTargets, sameLeaf } from "./connect-target.ts";
import { vipServices } from "./connect-vip.ts";
import type { Interned } from "./intern.ts";

export interface ConnectOptions {
  /** See vipServices. Default false: as Envoy, the Host of each request selects. */
  readonly vipSelectsVhost?: boolean;
}

/**
 * HIR -> the connect tier: every listener address becomes a service, and each becomes what address and port alone decide. What needs first
 * bytes, the source or a head is `l7`; what HIR punts is `punt`.
 */
export function lowerConnect(
  model: HirModel,
  ids: Interned,
  sink: DiagnosticSink,
  options: ConnectOptions = {},
  last: Last = createLast(),
): LirConnect {
  const targets = connectTargets(model, ids, sink, last);
  const { virtual } = ids;
  const leaves = new Leaves(model, targets, virtual);

  const services: LirService[] = [];
  const put = (address: HirListenAddress, listener: number, leaf: LirLeaf) => services.push(serviceOf(address, listener, leaf));
  const asksBytes = virtual?.inspectors.tls || virtual?.inspectors.http;
  let next = 0;
  for (const chunk of ids.listenerParts) {
    const { services: plain, clusters } = plainServices(chunk);
    const places = ids.clustersOf(clusters);
    for (let at = 0; at < plain.length; at++) {
      const address = plain[at];
      const id = next++;
      if (address && !asksBytes) {
        put(address, id, targets.clusterAt(places[at]!));
        continue;
      }
      const listener = chunk.items[at]!;
      for (const each of listener.addresses) put(each, id, leaves.ofAddress(listener, each.ip, each.port));
    }
  }
  const isThere = knowsAddresses(services);
  for (const listener of ids.listenerParts.flatMap(bothFamilies))
    for (const { ip, port, ipv4Compat } of listener.addresses)
      if (ip === "::" && ipv4Compat && !isThere("0.0.0.0", port)) {
        const id = ids.listenerIds.get(listener.path)!;
        services.push({ ip: "0.0.0.0", port, listener: id, leaf: leaves.ofAddress(listener, "0.0.0.0", port) });
      }
  if (options.vipSelectsVhost)
    for (const [id, listener] of model.listeners.entries())
      for (const { ip, port, leaf } of vipServices(listener, model, targets))
        if (!isThere(ip, port)) services.push({ ip, port, listener: id, leaf });

  const none: LirLeaf = { kind: "none" };
  const lir: LirConnect = {
    services: last("services", services, sorted),
    virtual4: virtual ? leaves.ofEverything(virtual, 4) : none,
    virtual6: virtual ? leaves.ofEverything(virtual, 6) : none,
    splits: targets.splits,
    ranges: targets.ranges,
    clusters: targets.clusters,
  };
  tellFamilies(lir, model, sink, last);
  return lir;
}

/** Listeners whose IPv6 address takes IPv4 connections, too. */
const bothFamilies = perObject(({ items }: Chunk<HirListener>) =>
  items.filter(({ addresses }) => addresses.some(({ ip, ipv4Compat }) => ip === "::" && ipv4Compat)),
);

const heldServices = createSlot<HirListenAddress, LirService>();

/** Of an address that leads where it led in the compile before, the same object. */
function serviceOf(address: HirListenAddress, listener: number, leaf: LirLeaf): LirService {
  const known = heldServices.get(address);
  if (known?.listener === listener && sameLeaf(known.leaf, leaf)) return known;
  const service = { ip: address.ip, port: address.port, listener, leaf };
  heldServices.set(address, service);
  return service;
}

/** Whether there is a service of an address and port. Few ask. */
function knowsAddresses(services: readonly LirService[]): (ip: string, port: number) => boolean {
  const keys = new Set<string>();
  let seen = 0;
  return (ip, port) => {
    for (; seen < services.length; seen++) keys.add(`${services[seen]!.ip} ${services[seen]!.port}`);
    return keys.has(`${ip} ${port}`);
  };
}

/** Of two of one address the first: the second of two listeners was refused by resolve. */
function sorted(services: readonly LirService[]): readonly LirService[] {
  const all = [...services].sort(compareServices);
  return all.filter((service, at) => at === 0 || compareServices(all[at - 1]!, service) !== 0);
}

function compareServices(a: LirService, b: LirService): number {
  return Number(a.ip.includes(":")) - Number(b.ip.includes(":")) || compareText(a.ip, b.ip) || a.port - b.port;
}

class Leaves {
  readonly #model: HirModel;
  readonly #targets: ConnectTargets;
  readonly #virtual: HirListener | undefined;
  /** Chains are shared by many addresses. */
  readonly #ofChain = new Map<HirChain, LirLeaf>();

  constructor(model: HirModel, targets: ConnectTargets, virtual: HirListener | undefined) {
    this.#model = model;
    this.#targets = targets;
    this.#virtual = virtual;
  }

  ofAddress(listener: HirListener, ip: string, port: number): LirLeaf {
    if (listener.punt !== undefined) return { kind: "punt", reason: "PUNT_LISTENER" };
    const { ports, rest } = byPort(listener.chains);
    const chains = ports.get(port) ?? rest;
    if (ip === "0.0.0.0") return this.#ofFamily(listener, chains, 4);
    if (ip === "::") return this.#ofFamily(listener, chains, 6);
    const bytes = parseIp(ip);
    if (!bytes) throw new InternalError(`listener address ${ip} is no IP address`);
    return this.#ofCandidates(listener, atAddress(chains, bytes));
  }

  /** A use_original_dst listener: any address, any port. */
  ofEverything(listener: HirListener, family: 4 | 6): LirLeaf {
    if (listener.punt !== undefined) return { kind: "punt", reason: "PUNT_LISTENER" };
    const { ports, rest } = byPort(listener.chains);
    const others = this.#ofFamily(listener, rest, family);
    const intervals: { last: number; leaf: LirLeaf }[] = [];
    for (const [port, chains] of [...ports].sort(([a], [b]) => a - b)) {
      if (port > 0) intervals.push({ last: port - 1, leaf: others });
      intervals.push({ last: port, leaf: this.#ofFamily(listener, chains, family) });
    }
    if (intervals.at(-1)?.last !== 65535) intervals.push({ last: 65535, leaf: others });
    return this.#targets.range({ by: "port", intervals: intervals.filter((i, at) => i.last !== intervals[at - 1]?.last) });
  }

  #ofFamily(listener: HirListener, chains: readonly HirChain[], family: 4 | 6): LirLeaf {
    const intervals = byAddress(chains, family).map(({ last, chains: left }) => ({
      last: formatIp(last),
      leaf: this.#ofCandidates(listener, left),
    }));
    return this.#targets.range({ by: "ip", intervals });
  }

  #ofCandidates(listener: HirListener, chains: readonly HirChain[]): LirLeaf {
    const inspectors: Inspectors = inspectorsOf(listener, this.#virtual);
    const found = candidates(chains, inspectors);
    const possible = found.chains.map((chain) => this.#ofChainOrNone(listener, chain ?? listener.defaultChain));
    const first = possible[0]!;
    // Bytes or source choose a chain, but every chain does the same.
    if (possible.every((leaf) => sameLeaf(leaf, first))) {
      if (inspectors.tls || inspectors.http) this.#noteSilence(listener, first);
      return first;
    }
    const reason = found.source && !found.bytes ? "NEEDS_SOURCE" : "NEEDS_HEAD";
    return { kind: "l7", listener: this.#targets.ids.listenerIds.get(listener.path)!, reason };
  }

  /** Envoy does not go on before the client's first bytes, unless it is told to. */
  #noteSilence(listener: HirListener, leaf: LirLeaf): void {
    const goesOn = (l: HirListener) => l.listenerFiltersTimeout > 0 && l.continueOnListenerFiltersTimeout;
    const waiting = [this.#virtual, listener].find((l) => l && (l.inspectors.tls || l.inspectors.http) && !goesOn(l));
    if (!waiting || leaf.kind === "l7" || leaf.kind === "punt" || leaf.kind === "refuse") return;
    this.#targets.sink.note(
      "KM3004",
      "Listener.listener_filters_timeout",
      () => `${waiting.path}.listener_filters_timeout`,
      "every connection goes the same way, so it is made at connect(): a client that sends nothing first is neither kept waiting nor closed",
    );
  }

  #ofChainOrNone(listener: HirListener, chain: HirChain | undefined): LirLeaf {
    if (!chain) return { kind: "refuse", reason: "NO_FILTER_CHAIN" };
    const known = this.#ofChain.get(chain);
    if (known) return known;
    const leaf = this.#lowerChain(listener, chain);
    this.#ofChain.set(chain, leaf);
    return leaf;
  }

  #lowerChain(listener: HirListener, chain: HirChain): LirLeaf {
    const head = (): LirLeaf => ({ kind: "l7", listener: this.#targets.ids.listenerIds.get(listener.path)!, reason: "NEEDS_HEAD" });
    switch (chain.network.kind) {
      case "close":
        return { kind: "refuse", reason: "NO_FILTERS" };
      case "punt":
        return { kind: "punt", reason: "PUNT_CHAIN" };
      case "tcp":
        return this.#targets.target(chain.network.target) ?? head();
      case "http":
        if (chain.network.http.punt !== undefined) return { kind: "punt", reason: "PUNT_CHAIN" };
        return reduceHttp(chain.network.http, this.#model, this.#targets) ?? head();
    }
  }
}
