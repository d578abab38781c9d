/**
 * A real Envoy as the judge of snapshots: the entry for the fixtures' runner and for randomised comparison.
 */
import { join } from "node:path";
import { converse } from "./client.ts";
import { compareOutcomes, drawsFor } from "./compare.ts";
import { startDns } from "./dns.ts";
import { type Envoy, type LoadedSnapshot, startEnvoy } from "./envoy.ts";
import type { Row } from "./fixture.ts";
import type { Json } from "./json-fields.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { formatAddress, makeProbe, type RowQuestion } from "./question.ts";
import { readResources } from "./resources.ts";
import { startUpstreams } from "./upstream.ts";

export interface Judge {
  /** Gives Envoy the snapshot; resolves to its refusals, a message each. */
  load(snapshot: Json): Promise<readonly string[]>;
  /** False once Envoy has ended by itself, as some snapshots make it; `load` starts another one. */
  alive(): boolean;
  /** Asks the loaded snapshot; `patience` is how long (ms) a silence must last to count as one. */
  ask(question: RowQuestion, draws: number, patience?: number): Promise<readonly Outcome[]>;
  /** Asks several questions, `concurrency` at a time; the answers in the order of the questions. An Error where one could not be asked. */
  askAll(asked: readonly Asked[], concurrency: number): Promise<readonly (readonly Outcome[] | Error)[]>;
  /** Asks a row's question and compares; a message if Envoy does otherwise. */
  check(row: Row): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** The arguments of one `ask`. */
export interface Asked {
  readonly question: RowQuestion;
  readonly draws: number;
  /** Milliseconds. */
  readonly patience: number;
}

/** Long enough for a busy machine; only a wrong answer waits for it. */
const longPatience = 5_000;
const shortPatience = 300;

/** Starts Envoy, upstreams and a DNS server in this network namespace: see sandbox.ts. Files go to `folder`. */
export async function startJudge(binary: string, folder: string): Promise<Judge> {
  const upstreams = startUpstreams();
  const dns = await startDns();
  let envoy: Envoy;
  try {
    envoy = await startEnvoy(binary, folder, dns.address);
  } catch (error) {
    upstreams.close();
    dns.close();
    throw error;
  }
  let loaded: LoadedSnapshot | undefined;

  let restarts = 0;
  const load = async (snapshot: Json) => {
    if (!envoy.alive()) {
      restarts += 1;
      envoy = await startEnvoy(binary, join(folder, `again-${restarts}`), dns.address);
    }
    await upstreams.listen(portsIn(snapshot));
    loaded = await envoy.load(readResources(snapshot));
    return loaded.refusals;
  };

  const ask = async (question: RowQuestion, draws: number, patience = longPatience) => {
    upstreams.greet = isSilent(question);
    return await askOnly(question, draws, patience);
  };

  const askAll = async (asked: readonly Asked[], concurrency: number) => {
    const answers: (readonly Outcome[] | Error)[] = [];
    // Upstreams greet either all connections or none.
    for (const silent of [false, true]) {
      upstreams.greet = silent;
      const queue = [...asked.entries()].filter(([, { question }]) => isSilent(question) === silent);
      const work = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [i, { question, draws, patience }] = next;
          answers[i] = await askOnly(question, draws, patience).catch((error: unknown) => error as Error);
        }
      };
      await Promise.all(Array.from({ length: concurrency }, work));
    }
    return answers;
  };

  const askOnly = async (question: RowQuestion, draws: number, patience: number) => {
    if (loaded === undefined) throw new Error("no snapshot is loaded");
    const probe = makeProbe(question);
    const to = formatAddress(probe.to);
    const entry = probe.from.ip.includes(":") ? loaded.entry.v6 : loaded.entry.v4;
    await upstreams.listen([probe.to.port]);
    const outcomes: Outcome[] = [];
    // A TCP proxy chooses once for a connection, whatever its client sends.
    let most = draws;
    while (outcomes.length < draws) {
      const { local, seen } = await converse(entry, probe, Math.min(most, draws - outcomes.length), patience);
      // The listener's line ends a connection, a TCP proxy's comes just behind it.
      let lines = await envoy.logs(local, "listener", 1, 2_000);
      if (lines.every((line) => line.kind === "listener")) lines = [...(await envoy.logs(local, "tcp", 1, 30)), ...lines];
      const inner = lines.filter((line) => line.kind !== "listener");
      const outer = lines.find((line) => line.kind === "listener");
      if (lines.some((line) => line.kind === "tcp")) most = 1;
      for (const [index, one] of seen.slice(0, most).entries()) {
        const { endpoint, ...rest } = readOutcome(one, inner[index] ?? outer, to, loaded);
        outcomes.push(endpoint === undefined ? rest : { ...rest, endpoint: dns.hostOf(endpoint) });
      }
      // Each further one would wait as long.
      if (outcomes.at(-1)?.verdict === "error") break;
    }
    return outcomes;
  };

  const check = async (row: Row) => {
    await upstreams.listen((row.want.endpoints ?? []).map((endpoint) => Number(endpoint.address.split(":").at(-1))));
    const patience = row.want.verdict === "error" ? shortPatience : longPatience;
    return compareOutcomes(row, await ask(row, drawsFor(row), patience));
  };

  const stop = async () => {
    upstreams.close();
    dns.close();
    await envoy.stop();
  };
  return { load, alive: () => envoy.alive(), ask, askAll, check, stop };
}

function isSilent(question: RowQuestion): boolean {
  return makeProbe(question).kind === "nothing";
}

/** Every port number that stands in a snapshot. */
function portsIn(value: Json): Set<number> {
  const ports = new Set<number>();
  const visit = (at: Json): void => {
    if (Array.isArray(at)) at.forEach(visit);
    else if (typeof at === "object" && at !== null) {
      for (const [field, inner] of Object.entries(at)) {
        const port = field === "port_value" || field === "portValue" ? Number(inner) : 0;
        if (port > 0 && port < 65_536) ports.add(port);
        visit(inner);
      }
    }
  };
  visit(value);
  return ports;
}
