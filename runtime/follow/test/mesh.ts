/** Resources in few words, and what follows them in a test: a builder without clang, a session and a clock that do as they are told. */
import type { Bundle } from "../../../compiler/bundle/format.ts";
import type { XdsKind, XdsRawResource } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { buildBundle } from "../../../compiler/index.ts";
import type { ApplyReport, Session } from "../../apply/index.ts";
import type { Resolver } from "../../dns/index.ts";
import type { RunChange } from "../../plan/index.ts";
import { Body } from "../../spill/index.ts";
import type { XdsUpdate } from "../../xds/types.ts";
import type { FallbacksFile } from "../fallbacks-file.ts";
import { createMesh } from "../mesh.ts";
import type { Builder, BuildRequest } from "../types.ts";

type Resource = Readonly<Record<string, unknown>>;

export function eds(name: string): Resource {
  return {
    name,
    type: "EDS",
    connect_timeout: "1s",
    eds_cluster_config: { eds_config: { ads: {}, resource_api_version: "V3" } },
  };
}

/** STRICT_DNS: `host:port`s. */
export function dns(name: string, ...at: readonly string[]): Resource {
  return { name, type: "STRICT_DNS", connect_timeout: "1s", dns_lookup_family: "V4_ONLY", load_assignment: endpoints(name, ...at) };
}

/** `ip:port`s. */
export function endpoints(name: string, ...at: readonly string[]): Resource {
  const lb = at.map((text) => ({ endpoint: { address: address(text) } }));
  return { cluster_name: name, endpoints: [{ lb_endpoints: lb }] };
}

/** TCP to one cluster. */
export function listener(name: string, at: string, cluster: string): Resource {
  const type = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
  const filter = { name: "envoy.filters.network.tcp_proxy", typed_config: { "@type": type, stat_prefix: "tcp", cluster } };
  return { name, address: address(at), filter_chains: [{ filters: [filter] }] };
}

function address(at: string): Resource {
  const colon = at.lastIndexOf(":");
  return { socket_address: { address: at.slice(0, colon), port_value: Number(at.slice(colon + 1)) } };
}

/** A whole snapshot, as `--snapshot` and kmesh-compile read it. */
export function snapshotText(parts: {
  readonly clusters: readonly Resource[];
  readonly endpoints: readonly Resource[];
  readonly listeners: readonly Resource[];
}): string {
  const typed = (list: readonly Resource[], type: string) => list.map((one) => ({ "@type": `type.googleapis.com/${type}`, ...one }));
  return JSON.stringify({
    resources: [
      ...typed(parts.listeners, "envoy.config.listener.v3.Listener"),
      ...typed(parts.clusters, "envoy.config.cluster.v3.Cluster"),
      ...typed(parts.endpoints, "envoy.config.endpoint.v3.ClusterLoadAssignment"),
    ],
  });
}

export function update(kind: XdsKind, changed: readonly Resource[], removed: readonly string[] = []): XdsUpdate {
  const named = changed.map((one) => [String(one["name"] ?? one["cluster_name"]), new Body(Buffer.from(JSON.stringify(one)))] as const);
  return { kind, typeUrl: kind, version: "1", form: "json", changed: new Map(named), removed, receivedAt: 0 };
}

/** Compiles for real, except for programs. */
export interface TestBuilder extends Builder {
  readonly requests: BuildRequest[];
  /** From now on builds wait for `go`. */
  hold(): void;
  go(): void;
  /** The next build throws. */
  breakNext(): void;
  /** The proof of builds from now on. */
  proveBy(proof: Promise<number>): void;
}

export function testBuilder(): TestBuilder {
  const mesh = createMesh();
  const requests: BuildRequest[] = [];
  let gate = Promise.resolve();
  let open = (): void => {};
  let broken = false;
  let proof = Promise.resolve(0);
  return {
    requests,
    async build(request) {
      requests.push(request);
      if (broken) {
        broken = false;
        throw new Error("the builder broke");
      }
      const meshed = mesh.compile(request);
      if (meshed.kind === "rejected") return meshed;
      const packed = await buildBundle(meshed.model, meshed.compiled, [], new Collector(), { noObjects: true, noModel: true });
      // What follows comes within the turn of the loop in which it opens.
      await gate;
      const { clusters, assignments, hostnames, rejected, unusable } = meshed;
      const timing = { ...meshed.timing, programs: 0 };
      return {
        kind: "built",
        bundle: packed!.bundle,
        clusters,
        assignments,
        hostnames,
        rejected,
        unusable,
        newShape: false,
        severities: { punt: 0, note: 0 },
        timing,
        objects: { shipped: 0, memory: 0, disk: 0, compiled: 0 },
      };
    },
    prove: () => proof,
    settle: (keep) => {
      if (keep) mesh.keep();
      else mesh.undo();
    },
    close: async () => {},
    hold() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    go: () => open(),
    breakNext() {
      broken = true;
    },
    proveBy(next) {
      next.catch(() => {});
      proof = next;
    },
  };
}

/** Knows what it is told. */
export interface TestResolver extends Resolver {
  /** Keys that are watched. */
  readonly watched: Set<string>;
  /** From now on a name has these addresses. */
  set(key: string, ...addresses: string[]): void;
  readonly forFollow: (onChange: (key: string) => void) => Resolver;
}

export function testResolver(): TestResolver {
  const watched = new Set<string>();
  const known = new Map<string, readonly string[]>();
  let tell = (_key: string): void => {};
  const resolver: TestResolver = {
    watched,
    set(key, ...addresses) {
      known.set(key, addresses);
      if (watched.has(key)) tell(key);
    },
    forFollow(onChange) {
      tell = onChange;
      return resolver;
    },
    watch(queries) {
      watched.clear();
      for (const { key } of queries) watched.add(key);
    },
    answer: (key) => (watched.has(key) ? known.get(key) : undefined),
    settled: async () => {},
    status: () => ({ names: watched.size, failing: 0, unanswered: 0, lookups: 0, failures: 0, oldestMs: undefined }),
    close: () => {},
  };
  return resolver;
}

/** A file of last good versions that holds what is written. */
export interface TestFallbacksFile extends FallbacksFile {
  readonly written: (readonly XdsRawResource[])[];
}

/** @param version of the product that wrote it */
export function testFallbacksFile(version = "1.2.3"): TestFallbacksFile {
  const written: (readonly XdsRawResource[])[] = [];
  return {
    written,
    read: () => ({ resources: written.at(-1) ?? [], version }),
    write: (resources) => void written.push(resources),
  };
}

/** Notes what is applied. */
export interface TestSession extends Session {
  readonly applied: (Bundle | RunChange)[];
  /** The next apply fails with it. */
  failNext(error: Error): void;
}

export function testSession(): TestSession {
  const applied: (Bundle | RunChange)[] = [];
  let generation = 0;
  let failure: Error | undefined;
  const report = (kind: ApplyReport["kind"]): ApplyReport => {
    const timing = { plan: 0, load: 0, publish: 0, attach: 0 };
    return { kind, generation, tables: [], programs: [], attached: [], timing, leftovers: [] };
  };
  const fail = (): void => {
    const error = failure;
    failure = undefined;
    if (error) throw error;
  };
  return {
    problems: [],
    applied,
    failNext(error) {
      failure = error;
    },
    async apply(bundle, _cgroup, proof) {
      fail();
      await proof;
      applied.push(bundle);
      generation++;
      return report("generation");
    },
    async applyRun(change) {
      fail();
      applied.push(change);
      return report("cell");
    },
    generation: () => generation,
    cgroupGone: () => false,
    unpinned: () => false,
    programLog: { level: () => "error", setLevel: () => {}, read: () => ({ entries: [], dropped: 0 }) },
    settle: async () => {},
    close: () => {},
  };
}

export interface TestClock {
  now(): number;
  timer(ms: number, run: () => void): () => void;
  /** Lets time pass, and all that follows from it happen. */
  pass(ms: number): Promise<void>;
}

export function testClock(): TestClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    timer(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(ms) {
      const until = now + ms;
      for (;;) {
        await quiet();
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > until) break;
        timers.delete(next);
        now = next.at;
        next.run();
      }
      now = until;
      await quiet();
    },
  };
}

/** Until nothing is left that only waits for the loop to turn. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
