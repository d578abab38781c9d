/**
 * Conformance: every row of fixtures/CASE/traffic.json is sent to a real Envoy that runs fixtures/CASE/snapshot.json, as a real connection
 * or request to real (tiny) upstreams, and Envoy's answer must be the row's `want`.
 *
 *   node --import tsx test/conformance/main.ts [--show] [--fixtures=DIR] [CASE...]    (CASE may end in `*`; none = all, and refusals/)
 *
 * `refusals` as a CASE is the table of what Envoy refuses of fields that have no effect here (refusals/rows/).
 *
 * How: the whole run happens in a network namespace where every address is local (sandbox.ts). One Envoy is handed one snapshot after
 * the other through files, so that its own JSON reader judges them (envoy.ts, adapt.ts). A client connects to one entry listener and says
 * with a PROXY header from where to where its connection goes; Envoy restores both and hands the connection to the listener that would
 * have got it. Upstreams answer at any address and tell which one. Names of clusters, routes and chains come from an access log.
 * Certain answers are asked twice, shares by drawing (compare.ts). `"expect": "reject"` wants a refusal by Envoy itself.
 *
 * Where the machine gives no network namespace it says SKIPPED, and fails under CI.
 * `--show` prints what Envoy answers to each row, for writing fixtures. Exit code 0 if all agree, 1 if not.
 */
import { join } from "node:path";
import { describe } from "./compare.ts";
import { type Fixture, listFixtures, readFixture } from "./fixture.ts";
import type { Judge } from "./judge.ts";
import { askRefusals } from "./refusals/ask.ts";
import { root, withJudge } from "./with-judge.ts";

/** What the table of refusals is called among the cases. */
const refusals = "refusals";

/** Which cases are asked about, and how. */
interface Options {
  readonly fixtures: string;
  readonly show: boolean;
  readonly names: readonly string[];
  readonly refusals: boolean;
}

function readOptions(args: readonly string[]): Options {
  const fixtures = args.find((arg) => arg.startsWith("--fixtures="))?.slice("--fixtures=".length) ?? join(root, "fixtures");
  const wanted = args.filter((arg) => !arg.startsWith("--"));
  const isWanted = (name: string) => wanted.length === 0 || wanted.some((pattern) => matches(pattern, name));
  const names = listFixtures(fixtures).filter(isWanted);
  if (names.length === 0 && !isWanted(refusals)) throw new Error("no such fixture");
  return { fixtures, show: args.includes("--show"), names, refusals: isWanted(refusals) };
}

async function main(judge: Judge, options: Options): Promise<number> {
  let failed = 0;
  let rows = 0;
  for (const name of options.names) {
    const fixture = readFixture(options.fixtures, name);
    const wrong = await runFixture(judge, fixture, options.show);
    rows += fixture.rows.length;
    if (wrong.length === 0) continue;
    failed += 1;
    process.stdout.write(`FAIL ${name}: ${fixture.case.about}\n${wrong.map((line) => `  ${line}\n`).join("")}`);
  }
  if (options.refusals) {
    const { asked, wrong } = await askRefusals(async (resources) => {
      // A listener that stays is changed in place, which Envoy judges otherwise than a new one.
      await judge.load({ resources: [] });
      return (await judge.load({ resources: [...resources] })).length > 0;
    });
    process.stdout.write(`${asked} snapshots of refusals: ${wrong.length} wrong\n${wrong.map((line) => `  ${line}\n`).join("")}`);
    failed += wrong.length > 0 ? 1 : 0;
  }
  const all = options.names.length + (options.refusals ? 1 : 0);
  process.stdout.write(`${rows} rows in ${options.names.length} fixtures\n${all - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Messages of what differs, one for each row at most. */
async function runFixture(judge: Judge, fixture: Fixture, show: boolean): Promise<readonly string[]> {
  const wrong: string[] = [];
  const expect = fixture.case.envoy?.expect ?? fixture.case.expect;
  try {
    const refusals = await judge.load(fixture.snapshot);
    if (show) process.stdout.write(`${fixture.name}: ${refusals.length === 0 ? "taken" : `refused: ${refusals.join(" | ")}`}\n`);
    if (expect === "ok" && refusals.length > 0) wrong.push(`Envoy refuses: ${refusals.join(" | ")}`);
    if (expect === "reject" && refusals.length === 0) wrong.push("Envoy takes it, expected a refusal");
    for (const [index, row] of fixture.rows.entries()) {
      if (row.envoy === false) continue;
      const label = `row ${index + 1}${row.about === undefined ? "" : ` (${row.about})`}`;
      if (show) process.stdout.write(`  ${label}: ${(await judge.ask(row, 1, 1_000)).map(describe).join("; ")}\n`);
      const message = await judge.check(row).catch((error: unknown) => (error as Error).message);
      if (message !== undefined) wrong.push(`${label}: ${message}`);
    }
  } catch (error) {
    wrong.push((error as Error).message);
  }
  return wrong;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  return await withJudge((judge) => main(judge, options));
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  },
);
