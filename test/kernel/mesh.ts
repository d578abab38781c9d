/** Bundles in few words: services, clusters and endpoints, compiled as a snapshot would be. */
import { type Bundle, type PackedBundle, packBundle } from "../../compiler/bundle/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import { connectPrograms } from "../../compiler/emit/connect.ts";
import type { HirCluster, HirListener, HirModel } from "../../compiler/hir/model.ts";
import { anyMatch, cluster, tcp, toCluster, weighted } from "../../compiler/hir/test/build.ts";
import { compileModel, dumpBundle } from "../../compiler/index.ts";
import { tables } from "../../compiler/layout/index.ts";
import { compileC } from "../../compiler/toolchain/index.ts";

/** An endpoint is `ip:port` or `[ip]:port`, with a weight after `*`. */
export type EndpointWords = string;

export interface MeshWords {
  /** Cluster name -> its endpoints. */
  readonly clusters: Readonly<Record<string, readonly EndpointWords[]>>;
  /** Listener address (`10.0.0.1:80`) -> a cluster's name, or weights of clusters. */
  readonly services: Readonly<Record<string, string | Readonly<Record<string, number>>>>;
}

export function meshModel(words: MeshWords): HirModel {
  return {
    listeners: Object.entries(words.services)
      .map(([address, to]): HirListener => {
        const target = typeof to === "string" ? toCluster(to) : weighted(to);
        const path = `listeners[${address}]`;
        return {
          name: address,
          path,
          addresses: [{ ...parse(address), ipv4Compat: false }],
          useOriginalDst: false,
          inspectors: { tls: false, http: false },
          listenerFiltersTimeout: 15_000,
          continueOnListenerFiltersTimeout: false,
          chains: [{ name: "chain", path: `${path}.chain`, match: anyMatch, network: tcp(target) }],
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    routeConfigs: [],
    clusters: Object.entries(words.clusters)
      .map(([name, endpoints]): HirCluster => {
        const parsed = endpoints.map((text) => {
          const [address, weight] = text.split("*");
          return { address: { kind: "ip", ...parse(address!) }, weight: Number(weight ?? 1), health: "healthy" } as const;
        });
        return cluster(name, { priorities: [[{ name: "", endpoints: parsed }]] });
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** With objects, unless said otherwise. */
export function meshPacked(words: MeshWords, options: { readonly noObjects?: boolean } = {}): Promise<PackedBundle> {
  return modelPacked(meshModel(words), options);
}

/** A bundle of any model, without the simulator: the kernel's tests run the kernel's programs. */
export async function modelPacked(model: HirModel, options: { readonly noObjects?: boolean } = {}): Promise<PackedBundle> {
  const sink = new Collector();
  const compiled = compileModel(model, sink);
  if (!compiled) throw new Error(`the mesh does not compile: ${JSON.stringify(sink.list())}`);
  const { shape, header, images, sources, names } = compiled;
  const parts = { shape, header, images, sources, names, model, diagnostics: [] };
  if (options.noObjects) return packBundle({ ...parts, objects: [] });
  const { bytes, compiler, diagnostics } = await compileC({ sources, target: "bpf" });
  if (!bytes || !compiler) throw new Error(diagnostics.map((d) => d.message).join("; "));
  return packBundle({ ...parts, objects: [{ name: "connect", bytes, compiler, programs: connectPrograms }] });
}

export async function meshBundle(words: MeshWords, options: { readonly noObjects?: boolean } = {}): Promise<Bundle> {
  return (await meshPacked(words, options)).bundle;
}

/** What `kmeshctl dump` shows of a bundle: the tables that programs in the kernel read. */
export function kernelDump(bundle: Bundle): string {
  const names = new Set<string>(tables.filter(({ tier }) => tier !== "decide").map(({ name }) => name));
  return dumpBundle({ ...bundle, tables: new Map([...bundle.tables].filter(([name]) => names.has(name))) });
}

function parse(address: string): { readonly ip: string; readonly port: number } {
  const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(address)!;
  return { ip: match[1]!, port: Number(match[2]) };
}
