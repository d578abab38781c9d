/**
 * Two minutes of a real istiod through client, follower and compiler: what runs at the end is what Envoy's config_dump of that time compiles to,
 * whatever came as cells, as generations, early, late or twice.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readRawResources } from "../../../compiler/decode/index.ts";
import { Collector } from "../../../compiler/diag/index.ts";
import { dumpBundle } from "../../../compiler/index.ts";
import { createLog } from "../../log/index.ts";
import { Body } from "../../spill/index.ts";
import { grpcTransport } from "../../xds/grpc.ts";
import { openXdsClient, systemClock } from "../../xds/index.ts";
import type { Request } from "../../xds/test/messages.ts";
import { type Recording, readRecording, recordings } from "../../xds/test/recording.ts";
import { type AdsStream, startAdsServer } from "../../xds/test/server.ts";
import { kinds } from "../batch.ts";
import type { Follow } from "../follow.ts";
import { createLocalBuilder } from "../local-builder.ts";
import { type TestSession, testSession } from "./mesh.ts";
import { openFollow } from "./open.ts";

const recorded = suite("follow: recorded sessions");

const silent = createLog({ level: "error", write: () => undefined, time: () => "" });

interface Following {
  readonly follow: Follow;
  readonly session: TestSession;
}

function open(settled: () => boolean): Following {
  const session = testSession();
  const builder = createLocalBuilder({ proof: { newShape: 0, known: 0 } });
  const log = silent.logger("follow");
  return { session, follow: openFollow({ session, builder: () => builder, clock: systemClock, settled, log }) };
}

/** Names that requests of a type ask for, all together. */
function namesOf(requests: readonly Request[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { resource_names, resource_names_subscribe, resource_names_unsubscribe } of requests) {
    if (resource_names) names.clear();
    for (const name of [...(resource_names ?? []), ...(resource_names_subscribe ?? [])]) names.add(name);
    for (const name of resource_names_unsubscribe ?? []) names.delete(name);
  }
  return names;
}

/** Sends each response as soon as its type, and the names that the recorded client had asked for by then, are asked for. */
async function replay({ messages }: Recording, stream: AdsStream): Promise<void> {
  const theirs: Request[] = [];
  for (const message of messages) {
    if (message.kind === "request") {
      theirs.push(message.request);
      continue;
    }
    const ofType = ({ type_url }: Request): boolean => type_url === message.typeUrl;
    const wanted = [...namesOf(theirs.filter(ofType))];
    await until(() => {
      const ours = stream.requests.filter(ofType);
      const names = namesOf(ours);
      return ours.length > 0 && wanted.every((name) => names.has(name));
    });
    stream.send(message.bytes);
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not in half a minute: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function runsAtTheEnd(recording: Recording): Promise<{ readonly text: string; readonly session: TestSession }> {
  const server = await startAdsServer();
  const transport = grpcTransport({ address: server.address, security: { kind: "plaintext" }, mode: recording.mode });
  const { follow, session } = open(() => client.settled());
  const node = { id: "sidecar~10.0.0.1~p.ns~ns.svc.cluster.local", metadata: {}, userAgentName: "kmesh", userAgentVersion: "0" };
  const client = openXdsClient(
    { mode: recording.mode, node, transport },
    { onUpdate: (update) => follow.update(update), onSettled: () => follow.settled() },
  );
  try {
    const stream = await server.accept();
    await replay(recording, stream);
    const last = recording.messages.findLast((message) => message.kind === "response")!;
    await until(() => stream.requests.some(({ response_nonce }) => response_nonce === last.nonce));
    await until(() => client.settled() && kinds.every((kind) => client.status().kinds[kind].inFlight === 0));
    const text = await rebuilt(follow, session);
    assert.is(
      kinds.reduce((sum, kind) => sum + client.status().kinds[kind].nacks, 0),
      0,
      "nothing is rejected",
    );
    return { text, session };
  } finally {
    client.close();
    await follow.close();
    server.close();
  }
}

/** What runs, built once more: which room a cell took depends on what was there before. */
async function rebuilt(follow: Follow, session: TestSession): Promise<string> {
  const applied = session.applied.length;
  follow.retry();
  await until(() => session.applied.length > applied && !follow.status().building);
  return dumpBundle(follow.bundle()!);
}

async function compiled(configDump: Buffer): Promise<string> {
  const { follow, session } = open(() => true);
  const resources = readRawResources([{ name: "config_dump.json", bytes: configDump }], new Collector());
  const verdicts = kinds.map((kind) => {
    const changed = new Map(resources.filter((one) => one.kind === kind).map(({ name, bytes }) => [name, new Body(Buffer.from(bytes))]));
    return follow.update({ kind, typeUrl: "", version: "", form: "json", changed, removed: [], receivedAt: 0 });
  });
  await Promise.all(verdicts);
  const text = await rebuilt(follow, session);
  await follow.close();
  return text;
}

for (const name of recordings) {
  recorded(name, async () => {
    const recording = readRecording(name);
    const { text, session } = await runsAtTheEnd(recording);
    assert.is(text, await compiled(recording.configDump));
    const generations = session.applied.filter((one) => "manifest" in one).length;
    console.log(`MEASURED ${name}: ${generations} generations, ${session.applied.length - generations} cells`);
  });
}

recorded.run();
