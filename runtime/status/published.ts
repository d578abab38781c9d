import { SocketAddress } from "node:net";
import { flags, recordTypes, verdicts } from "../../compiler/bundle/format.ts";
import { cellsOf, cellsOfHeader } from "../plan/index.ts";
import { addressNode, type ConfigDump, type DumpNode } from "./config-dump.ts";
import type { Published } from "./read.ts";

/**
 * What the kernel's tables say, in the form of the accepted resources. Listeners have what connect() does with an address (`verdict`, and
 * the cluster or shares where it is decided there); endpoints have their `share` of the cluster's connections, from 0 to 1.
 */
export function publishedConfig(published: Published): ConfigDump {
  const bytes = new Map(published.tables.map((table) => [table.name, table.bytes]));
  const view = (table: "svc4" | "svc6" | "cell" | "endpoint" | "split"): DataView => {
    const found = bytes.get(table) ?? new Uint8Array(0);
    return new DataView(found.buffer, found.byteOffset, found.byteLength);
  };
  const { names, header } = published;
  const splits = records(view("split"), recordTypes.Split);
  const cluster = (id: number): string => names.clusters[id]?.name ?? "";
  const leaf = ({ verdict, target }: { readonly verdict: number; readonly target: number }): DumpNode => {
    const word = { verdict: verdictNames.get(verdict) ?? String(verdict) };
    if (verdict === verdicts.DIRECT) return { ...word, cluster: cluster(target) };
    if (verdict !== verdicts.SPLIT) return word;
    const run = splits.slice(target, target + (splits[target]?.count ?? 0));
    const part = shares(run);
    return { ...word, clusters: run.map((one, i) => ({ ...leaf(one), share: part[i] })) };
  };
  const addresses = [
    ...records(view("svc4"), recordTypes.Svc4Bucket).flatMap(({ slot }) => slot.map((one) => ({ ...one, ip: ipv4Text(one.ip) }))),
    ...records(view("svc6"), recordTypes.Svc6Bucket).flatMap(({ slot }) => slot.map((one) => ({ ...one, ip: ipv6Text(one.ip) }))),
  ].filter(({ verdict }) => verdict !== verdicts.NONE);
  const listenerConfigs = addresses
    .map((one) => ({ name: names.listeners[one.listener]?.name ?? "", address: addressNode(one.ip, one.port), ...leaf(one) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const endpoints = records(view("endpoint"), recordTypes.Endpoint);
  const compact = records(view("cell"), recordTypes.Endpoint4);
  const cells = cellsOfHeader(header);
  const cellOf = cellsOf(bytes.get("cell") ?? new Uint8Array(0), cells);
  const clusterConfigs = Array.from({ length: cells.clusters }, (_, id) => {
    const { first, count, form } = cellOf(id);
    const lbEndpoints =
      form === "compact" ? compactNodes(compact.slice(first, first + count)) : endpointNodes(endpoints.slice(first, first + count));
    return { name: cluster(id), loadAssignment: { clusterName: cluster(id), endpoints: [{ lbEndpoints }] } };
  });
  return { dynamicResources: { versionInfo: String(header.generation), listenerConfigs, clusterConfigs } };
}

/** IPv4 addresses with equal shares. */
function compactNodes(run: readonly { readonly ip: number; readonly port: number }[]): readonly DumpNode[] {
  const share = Number((1 / run.length).toFixed(6));
  return run.map(({ ip, port }) => ({ address: addressNode(ipv4Text(ip), port), share }));
}

interface EndpointRecord {
  readonly ip: Uint8Array;
  readonly port: number;
  readonly flags: number;
  readonly upto: number;
}

function endpointNodes(run: readonly EndpointRecord[]): readonly DumpNode[] {
  const part = shares(run);
  return run.map((one, i) => {
    // The share of priorities whose endpoints are all gone.
    if (one.flags & flags.KM_EP_NONE) return { none: true, share: part[i] };
    const ip = one.flags & flags.KM_EP_IPV4 ? one.ip.subarray(12).join(".") : ipv6Text(one.ip);
    return { address: addressNode(ip, one.port), share: part[i] };
  });
}

/** From cumulative ends, rounded to six digits. */
function shares(run: readonly { readonly upto: number }[]): readonly number[] {
  let before = 0;
  return run.map(({ upto }) => {
    const share = (upto + 1 - before) / 2 ** 32;
    before = upto + 1;
    return Number(share.toFixed(6));
  });
}

const verdictNames = new Map<number, string>(Object.entries(verdicts).map(([name, number]) => [number, name.toLowerCase()]));

function records<T>(view: DataView, { size, read }: { readonly size: number; read(view: DataView, offset: number): T }): readonly T[] {
  return Array.from({ length: Math.floor(view.byteLength / size) }, (_, i) => read(view, i * size));
}

function ipv4Text(ip: number): string {
  return [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".");
}

function ipv6Text(ip: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => ((ip[2 * i]! << 8) | ip[2 * i + 1]!).toString(16));
  return new SocketAddress({ address: words.join(":"), family: "ipv6" }).address;
}
