/** The control plane of `make demo-daemon`: serves a captured snapshot over real gRPC, and changes what it serves. */
import { readFileSync } from "node:fs";
import { readRawResources, type XdsKind } from "../../compiler/decode/index.ts";
import { Collector } from "../../compiler/diag/index.ts";
import { runPlane } from "../../runtime/xds/test/plane.ts";
import { startAdsServer } from "../../runtime/xds/test/server.ts";
import { encodeResources } from "../bench/encode.ts";

/** A resource as proto3 JSON. */
export type Json = Record<string, unknown>;

export interface ControlPlane {
  readonly address: string;
  /** Changes a resource in place, and pushes it. */
  edit(kind: XdsKind, name: string, change: (resource: Json) => void): void;
  /** What was rejected, in the words of the daemon. */
  rejections(): readonly string[];
  close(): void;
}

export async function startControlPlane(snapshot: string): Promise<ControlPlane> {
  const resources = new Map<string, { readonly kind: XdsKind; readonly name: string; readonly json: Json }>();
  for (const { kind, name, bytes } of readRawResources([{ name: snapshot, bytes: readFileSync(snapshot) }], new Collector()))
    resources.set(`${kind} ${name}`, { kind, name, json: JSON.parse(Buffer.from(bytes).toString("utf8"), encodable) as Json });
  const server = await startAdsServer();
  const plane = runPlane(server);
  const put = (list: readonly { readonly kind: XdsKind; readonly json: Json }[]): void => {
    const of = (kind: XdsKind): Json[] => list.filter((one) => one.kind === kind).map(({ json }) => json);
    plane.change(encodeResources({ clusters: of("cluster"), endpoints: of("endpoint"), listeners: of("listener"), routes: of("route") }));
  };
  put([...resources.values()]);
  return {
    address: server.address,
    edit(kind, name, change) {
      const resource = resources.get(`${kind} ${name}`);
      if (!resource) throw new Error(`the snapshot has no ${kind} ${name}`);
      change(resource.json);
      put([resource]);
    },
    rejections: () => plane.rejections.map(({ kind, text }) => `${kind}: ${text}`),
    close: () => server.close(),
  };
}

/** Fields that the encoder's protos lack, or whose content they lack; none of them steers a connection. */
const left: ReadonlySet<string> = new Set(["dns_jitter", "typed_extension_protocol_options"]);

function encodable(name: string, value: unknown): unknown {
  return left.has(name) ? undefined : value;
}

/** Every object below, the outer ones first. */
export function* objectsIn(value: unknown): Iterable<Json> {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) yield value as Json;
  for (const item of Object.values(value)) yield* objectsIn(item);
}
