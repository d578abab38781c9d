/**
 * Every fixture's rules in the real kernel: each destination of its traffic.json is connected to by a process in the cgroup. What is decided
 * at connect() must land on an endpoint that the engines name, or be refused; all else must end as it does for a process outside.
 */
import { join } from "node:path";
import * as assert from "uvu/assert";
import { createAsker } from "../../compiler/cli/asker.ts";
import { openSession as openSnapshot } from "../../compiler/cli/session.ts";
import type { Answer } from "../../compiler/hir/decision.ts";
import { parseQuestion } from "../../compiler/hir/index.ts";
import { openSession } from "../../runtime/apply/index.ts";
import { dumpPublished } from "../../runtime/status/dump.ts";
import { listFixtures, readFixture } from "../conformance/fixture.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { kernelDump, modelPacked } from "./mesh.ts";
import { startProber } from "./probe.ts";

const fixtures = kernelSuite("fixtures in the kernel");

const folder = "fixtures";
/** Connections to a destination whose answer is drawn. */
const DRAWS = 12;
/** Every address is local. */
const routes = ["route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"];

interface Wanted {
  readonly to: string;
  /** Where connections may land, and "EPERM"; undefined: untouched. */
  readonly places: readonly string[] | undefined;
}

interface Case {
  readonly name: string;
  readonly bundle: Awaited<ReturnType<typeof modelPacked>>["bundle"];
  readonly wanted: readonly Wanted[];
}

/** The connect tier sees the destination alone: all rows of one destination say the same of it. */
async function caseOf(name: string): Promise<Case | undefined> {
  const { rows } = readFixture(folder, name);
  if (rows.length === 0) return undefined;
  const snapshot = openSnapshot(join(folder, name, "snapshot.json"));
  const asker = await createAsker(snapshot, "both");
  const wanted = [...new Set(rows.map((row) => (row as unknown as { readonly to: string }).to))].map((to) => {
    // An IPv4 address in an IPv6 socket leaves the host as IPv4, and is decided as that.
    const asked = to.replace(/^\[::ffff:([\d.]+)\]/, "$1");
    // A head that Envoy would not read is read by the upstream here: where such a connection goes is what a plain request tells.
    const plain = { to: asked, request: { method: "GET", path: "/", authority: "a.com", headers: [] } };
    const questions = [
      plain,
      ...rows.filter((row) => (row as unknown as { readonly to: string }).to === to).map((row) => ({ ...row, to: asked })),
    ];
    const answers = questions.map(parseQuestion).flatMap((parsed) => (parsed.kind === "error" ? [] : [asker.ask(parsed.question)]));
    return { to, places: placesOf(answers, to) };
  });
  const { bundle } = await modelPacked(snapshot.model);
  return { name, bundle, wanted };
}

function placesOf(answers: readonly Answer[], to: string): readonly string[] | undefined {
  if (answers[0]!.tier !== "direct") return undefined;
  const { endpoints = [] } = answers.find((answer) => answer.endpoints && answer.endpoints.length > 0) ?? answers[0]!;
  const places = endpoints.filter(({ probability }) => probability > 0).map(({ address }) => address);
  const forwarded = endpoints.reduce((sum, { probability }) => sum + probability, 0);
  // An IPv4 socket can't go to an IPv6 endpoint: it goes on untouched, counted.
  const reachable = to.startsWith("[") ? places : places.filter((place) => !place.startsWith("["));
  const untouched = reachable.length < places.length ? [to] : [];
  return [...reachable, ...untouched, ...(forwarded < 1 - 1e-9 ? ["EPERM"] : [])];
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));

fixtures("every destination of every fixture", async () => {
  const cases: Case[] = [];
  for (const name of listFixtures(folder)) {
    const made = await caseOf(name);
    if (made) cases.push(made);
  }
  const addresses = cases.flatMap(({ wanted }) =>
    wanted.flatMap(({ to, places = [] }) => [to, ...places.filter((place) => place !== "EPERM")]),
  );
  const ports = [...new Set(addresses.map(portOf))].filter((port) => port > 0);
  const wrong: string[] = [];
  let decided = 0;
  let untouched = 0;
  await withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace(routes, async (namespace) => {
        const pins = `${bpf}/kmesh`;
        const [inside, outside] = await Promise.all([startProber(namespace, cgroup), startProber(namespace)]);
        const session = openSession(kernel(), pins);
        try {
          await outside.servePorts(ports);
          for (const { name, bundle, wanted } of cases) {
            await session.apply(bundle, cgroup);
            if (dumpPublished(kernel(), pins) !== kernelDump(bundle)) wrong.push(`${name}: the dump of the kernel is not the bundle's`);
            for (const { to, places } of wanted) {
              const expected = places ?? [(await outside.connect(to)).at];
              const landed = new Set<string>();
              for (let i = 0; i < (expected.length > 1 ? DRAWS : 1); i++) landed.add((await inside.connect(to)).at);
              if (places) decided++;
              else untouched++;
              for (const at of landed)
                if (!expected.includes(at)) wrong.push(`${name}: ${to} lands at ${at}, not ${expected.join(" or ")}`);
            }
          }
        } finally {
          await Promise.all([inside.end(), outside.end()]);
          session.close();
        }
      }),
    ),
  );
  tell("MEASURED", `${cases.length} fixtures in the kernel: ${decided} destinations decided at connect(), ${untouched} untouched`);
  assert.equal(wrong, []);
  assert.ok(decided > 0 && untouched > 0);
});

fixtures.run();
