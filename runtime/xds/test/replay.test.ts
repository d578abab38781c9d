/** Two minutes of a real istiod, byte for byte, over gRPC: what is held at the end is what Envoy's config_dump of that time says. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeResource, decodeSnapshot, type XdsKind, type XdsResource } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { kinds } from "../protocol.ts";
import type { XdsClient, XdsUpdate } from "../types.ts";
import { follow } from "./follower.ts";
import type { Request } from "./messages.ts";
import { type Recording, readRecording, recordings } from "./recording.ts";
import { startAdsServer } from "./server.ts";

const replay = suite("xds: recorded sessions");

type State = Readonly<Record<XdsKind, ReadonlyMap<string, Uint8Array>>>;

/** Sends the responses in order, each when the client has answered the one before. */
async function run(
  recording: Recording,
): Promise<{ readonly client: XdsClient; readonly updates: XdsUpdate[]; readonly requests: readonly Request[]; close(): void }> {
  const server = await startAdsServer();
  const follower = follow({ address: server.address, mode: recording.mode });
  const stream = await server.accept();
  for (const message of recording.messages) {
    if (message.kind === "request") continue;
    const asked = (): boolean => stream.requests.some(({ type_url }) => type_url === message.typeUrl);
    await follower.until(asked);
    stream.send(message.bytes);
    const answered = (request: Request): boolean => request.type_url === message.typeUrl && request.response_nonce === message.nonce;
    await stream.next(answered);
  }
  await follower.until(() => follower.client.settled());
  const close = (): void => {
    follower.client.close();
    server.close();
  };
  return { client: follower.client, updates: follower.updates, requests: stream.requests, close };
}

function decoded(state: State): Readonly<Record<XdsKind, ReadonlyMap<string, unknown>>> {
  const sink = new Collector();
  const of = (kind: XdsKind): ReadonlyMap<string, unknown> =>
    new Map([...state[kind]].map(([name, bytes]) => [name, decodeResource({ kind, name, form: "protobuf", bytes }, sink)!.message]));
  return { cluster: of("cluster"), endpoint: of("endpoint"), listener: of("listener"), route: of("route") };
}

function ofDump(dump: Buffer): Readonly<Record<XdsKind, ReadonlyMap<string, unknown>>> {
  const snapshot = decodeSnapshot([{ name: "config_dump.json", bytes: dump }], new Collector());
  const of = (list: readonly XdsResource[]): ReadonlyMap<string, unknown> => new Map(list.map(({ name, message }) => [name, message]));
  return { cluster: of(snapshot.clusters), endpoint: of(snapshot.endpoints), listener: of(snapshot.listeners), route: of(snapshot.routes) };
}

function heldBy(client: XdsClient): State {
  return {
    cluster: client.held("cluster"),
    endpoint: client.held("endpoint"),
    listener: client.held("listener"),
    route: client.held("route"),
  };
}

for (const name of recordings) {
  replay(name, async () => {
    const recording = readRecording(name);
    const { client, updates, requests, close } = await run(recording);
    try {
      const held = decoded(heldBy(client));
      const dump = ofDump(recording.configDump);
      for (const kind of kinds) {
        assert.equal([...held[kind].keys()].sort(), [...dump[kind].keys()].sort(), `${kind}s by name`);
        for (const [resource, message] of dump[kind]) assert.equal(held[kind].get(resource), message, `${kind} ${resource}`);
      }
      // The updates alone make the same state.
      const applied = { cluster: new Map(), endpoint: new Map(), listener: new Map(), route: new Map() } as Record<
        XdsKind,
        Map<string, Uint8Array>
      >;
      for (const { kind, changed, removed } of updates) {
        for (const [resource, body] of changed) {
          const bytes = body.bytes();
          const before = applied[kind].get(resource);
          assert.not(before && Buffer.compare(before, bytes) === 0, `${kind} ${resource} came with the bytes it had`);
          applied[kind].set(resource, bytes);
        }
        for (const resource of removed) assert.ok(applied[kind].delete(resource), `${kind} ${resource} was removed and not there`);
      }
      assert.equal(sizes(applied), sizes(heldBy(client)));
      for (const kind of kinds) for (const [resource, bytes] of client.held(kind)) assert.is(applied[kind].get(resource), bytes);

      const responses = recording.messages.filter((message) => message.kind === "response");
      const nonces = new Set(requests.map(({ response_nonce }) => response_nonce));
      assert.ok(
        responses.every((message) => nonces.has(message.nonce)),
        "every response is answered",
      );
      assert.ok(requests.every(({ error_detail }) => error_detail === undefined));
      const sent = responses.length;
      console.log(
        `MEASURED ${name}: ${sent} responses, ${updates.length} updates, ${sum(client, "unchanged")} resources unchanged, ${sum(client, "ignored")} late`,
      );
    } finally {
      close();
    }
  });
}

function sizes(state: State): unknown {
  return kinds.map((kind) => state[kind].size);
}

function sum(client: XdsClient, what: "unchanged" | "ignored"): number {
  return kinds.reduce((n, kind) => n + client.status().kinds[kind][what], 0);
}

replay("our last requests ask for what the recorded client's last requests asked for", async () => {
  for (const name of ["productpage-sotw", "kernel-native-sotw"] as const) {
    const recording = readRecording(name);
    const { requests, close } = await run(recording);
    close();
    const theirs = recording.messages.flatMap((message) => (message.kind === "request" ? [message.request] : []));
    for (const kind of kinds) {
      const last = (list: readonly Request[]): Request => list.filter(({ type_url }) => type_url.includes(typeWord[kind])).at(-1)!;
      const [ours, their] = [last(requests), last(theirs)];
      assert.equal(ours.resource_names ?? [], their.resource_names ?? [], kind);
      assert.is(ours.version_info, their.version_info, kind);
      assert.is(ours.response_nonce, their.response_nonce, kind);
    }
  }
});

const typeWord: Readonly<Record<XdsKind, string>> = {
  cluster: ".Cluster",
  endpoint: ".ClusterLoadAssignment",
  listener: ".Listener",
  route: ".Route",
};

replay.run();
