/** A follow whose session, builder, clock and resolver are a test's own. */
import * as assert from "uvu/assert";
import type { Bundle } from "../../../compiler/bundle/format.ts";
import { createLog } from "../../log/index.ts";
import type { XdsVerdict } from "../../xds/types.ts";
import type { Follow } from "../index.ts";
import {
  eds,
  endpoints,
  listener,
  type TestBuilder,
  type TestClock,
  type TestResolver,
  type TestSession,
  testBuilder,
  testClock,
  testResolver,
  testSession,
  update,
} from "./mesh.ts";
import { openFollow } from "./open.ts";

export interface Bench {
  readonly follow: Follow;
  readonly session: TestSession;
  readonly builder: TestBuilder;
  readonly clock: TestClock;
  readonly resolver: TestResolver;
  readonly lines: string[];
  settled: boolean;
  /** How often memory was given back. */
  returned: number;
}

export function bench(): Bench {
  const session = testSession();
  const builder = testBuilder();
  const clock = testClock();
  const resolver = testResolver();
  const lines: string[] = [];
  const log = createLog({ level: "debug", write: (line) => lines.push(line), time: () => "" }).logger("follow");
  const made: Bench = {
    follow: openFollow({
      session,
      builder: () => builder,
      resolver: resolver.forFollow,
      clock,
      settled: () => made.settled,
      returnMemory() {
        made.returned++;
      },
      log,
    }),
    session,
    builder,
    clock,
    resolver,
    lines,
    settled: true,
    returned: 0,
  };
  return made;
}

/** Two services, `a` and `b`, that run. */
export async function running(): Promise<Bench> {
  const made = bench();
  const verdicts = [
    made.follow.update(update("cluster", [eds("a"), eds("b")])),
    made.follow.update(update("endpoint", [endpoints("a", "10.1.0.1:80"), endpoints("b", "10.1.0.2:80")])),
    made.follow.update(update("listener", [listener("la", "10.0.0.1:80", "a"), listener("lb", "10.0.0.2:80", "b")])),
  ];
  await made.clock.pass(10);
  for (const verdict of await Promise.all(verdicts)) assert.equal(verdict, { kind: "accepted" });
  return made;
}

export function last(bench: Bench): Bundle {
  const bundle = bench.session.applied.at(-1)!;
  assert.ok("manifest" in bundle, "a generation");
  return bundle as Bundle;
}

export function clustersOf(bundle: Bundle): readonly string[] {
  return bundle.names.clusters.map(({ name }) => name);
}

export function rejectedNames(verdict: XdsVerdict): readonly string[] | undefined {
  assert.is(verdict.kind, "rejected");
  return verdict.kind === "rejected" ? verdict.names : undefined;
}
