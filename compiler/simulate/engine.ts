import { InternalError } from "../diag/index.ts";
import type { Decision, DecisionShare, FirstBytes, Outcome, Question } from "../hir/decision.ts";
import { connectUdpPunt, http2Punt, ownAddressPunt } from "../hir/interpret/index.ts";
import { parseIp } from "../hir/ip.ts";
import { flags, type Image, viewOf } from "../layout/index.ts";
import { clientHello } from "./client-hello.ts";
import { createDraws } from "./draws.ts";
import { loadModule } from "./module.ts";
import { type Tier, tierOf } from "./tier.ts";
import { ConnectOutput, DecideInput, type DecideNames, DecideOutput, Endpoint, type HeaderScalars, Route, Share, Target } from "./types.ts";

/** What a bundle holds of the decide tier. */
export interface EngineParts {
  readonly images: ReadonlyMap<string, Image>;
  readonly header: HeaderScalars;
  readonly names: DecideNames;
  readonly wasm: Uint8Array;
}

/** The generated C, answering questions. */
export interface Engine {
  readonly decide: (question: Question) => Simulated;
  /** What a connection to a cluster (id) gets for the drawn number, 0 to 2^32 - 1. */
  readonly pick: (cluster: number, draw: number) => Picked;
}

/** An endpoint, `ip` as 16 bytes; or why there is none (KM_R_*). */
export type Picked =
  | { readonly kind: "endpoint"; readonly ip: Uint8Array; readonly port: number }
  | { readonly kind: "none"; readonly reason: number };

export interface Simulated {
  readonly decision: Decision;
  /** How the connection is carried. */
  readonly tier: Tier;
  /** What the connect tier made of the destination. */
  readonly connected: ConnectOutput;
  /** Closed by a listener filter, which waited for bytes in vain or refuses them. */
  readonly closedByFilter: boolean;
}

const NONE = 0xffffffff;

/** Code of the punt for first bytes that do not fit. */
export const tooLongPunt = "KM3501";

/** Loads tables and code; a question is thousands of times cheaper. */
export function createEngine({ images, header, names, wasm }: EngineParts): Engine {
  const draws = createDraws(drawTables(images));
  let drawn = 0;
  const loaded = loadModule(wasm, images, header, {
    draw: draws.draw,
    random: () => drawn | 0,
    count: () => undefined,
  });
  const input = loaded.address("input");
  const output = loaded.address("output");
  const text = loaded.address("text");
  const connectedAt = loaded.address("connected");
  const most = loaded.call("text_bytes");
  const view = new DataView(loaded.memory.buffer);
  const bytes = new Uint8Array(loaded.memory.buffer);

  const decide = (question: Question): Simulated => {
    const first = bytesOf(question.first).subarray(0, most);
    const record = inputOf(question, first.length);
    const shares: DecisionShare[] = [];
    let end: DecideOutput | undefined;
    draws.each(
      () => {
        DecideInput.write(view, input, record);
        bytes.set(first, text);
        loaded.call("decide");
      },
      (probability) => {
        end = DecideOutput.read(view, output);
        shares.push(shareOf(end, probability, question.first, names));
      },
    );
    loaded.call("connect");
    const connected = ConnectOutput.read(view, connectedAt);
    const closedByFilter = end?.end === flags.KM_E_TIMEOUT || end?.end === flags.KM_E_FILTER_CLOSES;
    return { decision: { shares }, tier: tierOf(connected), connected, closedByFilter };
  };
  const pick = (cluster: number, draw: number): Picked => {
    drawn = draw;
    const at = loaded.call("pick", cluster);
    if (at === 0) return { kind: "none", reason: loaded.call("pick_reason") };
    const { ip, port } = Endpoint.read(view, at);
    return { kind: "endpoint", ip, port };
  };
  return { decide, pick };
}

function drawTables(images: ReadonlyMap<string, Image>) {
  const view = (name: string) => {
    const image = images.get(name);
    if (!image) throw new InternalError(`no table ${name}`);
    return viewOf(image);
  };
  const routes = view("route");
  const targets = view("target");
  const shares = view("share");
  return {
    fraction: (route: number) => Route.read(routes, route * Route.size).numerator,
    weights: (target: number) => {
      const { value, count } = Target.read(targets, target * Target.size);
      if ((value + count) * Share.size > shares.byteLength) throw new InternalError(`target ${target} has shares that are not there`);
      let before = 0;
      return Array.from({ length: count }, (_, i) => {
        const { upto } = Share.read(shares, (value + i) * Share.size);
        const weight = upto - before;
        before = upto;
        return weight;
      });
    },
  };
}

function bytesOf(first: FirstBytes): Uint8Array {
  switch (first.kind) {
    case "bytes":
      return first.bytes;
    case "tls":
      return clientHello(first.sni, first.alpn);
    case "nothing":
      return new Uint8Array(0);
  }
}

function inputOf({ to, from }: Question, length: number): DecideInput {
  const family = to.ip.includes(":") ? 6 : 4;
  const source = from ?? { ip: family === 6 ? "::" : "0.0.0.0", port: 0 };
  return {
    to: ipRecord(to.ip),
    from: ipRecord(source.ip),
    toPort: to.port,
    fromPort: source.port,
    family,
    sourceFamily: source.ip.includes(":") ? 6 : 4,
    fromUnknown: from ? 0 : 1,
    pad0: 0,
    length,
  };
}

function ipRecord(ip: string): Uint8Array {
  const bytes = parseIp(ip);
  if (!bytes) throw new InternalError(`${ip} is no IP address: questions hold canonical ones`);
  if (bytes.length === 16) return bytes;
  const mapped = new Uint8Array(16);
  mapped.set([0xff, 0xff], 10);
  mapped.set(bytes, 12);
  return mapped;
}

function shareOf(end: DecideOutput, probability: number, first: FirstBytes, names: DecideNames): DecisionShare {
  const path = (list: readonly { readonly path: string }[], id: number) => named(list, id).path;
  return {
    probability,
    ...(end.listener === NONE ? {} : { listener: path(names.listeners, end.listener) }),
    ...(end.chain === NONE ? {} : { chain: path(names.chains, end.chain) }),
    ...(end.vhost === NONE ? {} : { vhost: path(names.vhosts, end.vhost) }),
    ...(end.route === NONE ? {} : { route: path(names.routes, end.route) }),
    ...(end.entry === NONE ? {} : { weighted: named(names.entries, end.entry) }),
    outcome: outcomeOf(end, first, names),
  };
}

/** A bundle's tables may name what its names do not have: a damaged bundle. */
function named<T>(list: readonly T[], id: number): T {
  const found = list[id];
  if (found === undefined) throw new InternalError(`the tables name id ${id} where there are ${list.length} names`);
  return found;
}

function outcomeOf({ end, value }: DecideOutput, first: FirstBytes, names: DecideNames): Outcome {
  switch (end) {
    case flags.KM_E_UNMANAGED:
      return { kind: "pass", why: "unmanaged" };
    case flags.KM_E_CLUSTER:
      return { kind: "cluster", cluster: named(names.clusters, value).name };
    case flags.KM_E_NO_CHAIN:
    case flags.KM_E_TIMEOUT:
    case flags.KM_E_FILTER_CLOSES:
      return { kind: "close", why: "no_filter_chain" };
    case flags.KM_E_NO_FILTERS:
      return { kind: "close", why: "no_filters" };
    case flags.KM_E_CLOSE_NO_CLUSTER:
      return { kind: "close", why: "no_cluster" };
    case flags.KM_E_PUNT:
      return { kind: "punt", why: named(names.reasons, value) };
    case flags.KM_E_HTTP2:
      return { kind: "punt", why: http2Punt };
    case flags.KM_E_CONNECT_UDP:
      return { kind: "punt", why: connectUdpPunt };
    case flags.KM_E_OWN_ADDRESS:
      return { kind: "punt", why: ownAddressPunt };
    case flags.KM_E_TOO_LONG:
      return { kind: "punt", why: tooLongPunt };
    case flags.KM_E_WAIT_FILTER:
      return { kind: "error", why: first.kind === "bytes" ? "incomplete" : "waiting" };
    case flags.KM_E_WAIT_HEAD:
      return { kind: "error", why: "waiting" };
    case flags.KM_E_INCOMPLETE:
      return { kind: "error", why: "incomplete" };
    case flags.KM_E_BAD_REQUEST:
      return { kind: "respond", why: "bad_request", status: value };
    case flags.KM_E_NO_ROUTE:
      return { kind: "respond", why: "no_route", status: value };
    case flags.KM_E_NO_CLUSTER:
      return { kind: "respond", why: "no_cluster", status: value };
    case flags.KM_E_RESPOND:
      return { kind: "respond", why: "direct_response", status: value };
    case flags.KM_E_REDIRECT_ROUTE:
      return { kind: "redirect", by: "route" };
    case flags.KM_E_REDIRECT_TLS:
      return { kind: "redirect", by: "require_tls" };
    case flags.KM_E_REDIRECT_SLASHES:
      return { kind: "redirect", by: "escaped_slashes" };
    default:
      throw new InternalError(`the decide tier ended with ${end} (${value}): a table points to what is not there`);
  }
}
