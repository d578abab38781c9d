/**
 * Fixtures on disk: fixtures/CASE/{case,snapshot,traffic}.json. A broken fixture is an error of ours and throws.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../../compiler/hir/decision.ts";
import type { Json } from "./json-fields.ts";
import type { RowQuestion } from "./question.ts";

/** One row of traffic.json: a question, and the part of the Answer that must come. */
export interface Row extends RowQuestion {
  readonly about?: string;
  /** `"location": ""` wants none. */
  readonly want: Partial<Answer>;
  /** false: a real Envoy can't be asked, `reason` says why. */
  readonly envoy?: boolean;
  readonly reason?: string;
  /** How often Envoy is asked where chance decides. */
  readonly draws?: number;
  /** Shares of hash rings differ from the weights by construction: allowed absolute difference. */
  readonly tolerance?: number;
  /** Lower-case names of headers that the upstream must not see. */
  readonly upstream_without?: readonly string[];
}

export interface Case {
  readonly about: string;
  /** reject: at least one resource is refused, by us and by Envoy. */
  readonly expect: "ok" | "reject";
  readonly options: Readonly<Record<string, unknown>>;
  readonly spec: string;
  /** Where only we refuse or only Envoy does: what Envoy does, and why we differ. */
  readonly envoy?: { readonly expect: "ok" | "reject"; readonly reason: string };
}

export interface Fixture {
  readonly name: string;
  readonly case: Case;
  readonly snapshot: Json;
  readonly rows: readonly Row[];
}

/** Names of all fixtures, sorted. */
export function listFixtures(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Reads one fixture. */
export function readFixture(folder: string, name: string): Fixture {
  const read = (file: string): unknown => {
    try {
      return JSON.parse(readFileSync(join(folder, name, file), "utf8"));
    } catch (error) {
      throw new Error(`${name}/${file}: ${(error as Error).message}`);
    }
  };
  const about = read("case.json") as Case;
  if (!about.about || (about.expect !== "ok" && about.expect !== "reject")) throw new Error(`${name}/case.json: needs about and expect`);
  const rows = existsSync(join(folder, name, "traffic.json")) ? (read("traffic.json") as Row[]) : [];
  for (const [index, row] of rows.entries()) {
    if (row.want?.verdict === undefined) throw new Error(`${name}/traffic.json: row ${index + 1} wants no verdict`);
    checkShares(row, `${name}/traffic.json: row ${index + 1}`);
    if (row.envoy === false && !row.reason) throw new Error(`${name}/traffic.json: row ${index + 1} does not say why Envoy can't be asked`);
  }
  return { name, case: about, snapshot: read("snapshot.json") as Json, rows };
}

/** Shares of a certain question add up to 1: those of the endpoints together with those that end before an endpoint. */
function checkShares(row: Row, where: string): void {
  const sum = (shares: readonly { readonly probability: number }[]) => shares.reduce((total, share) => total + share.probability, 0);
  const { clusters, endpoints } = row.want;
  if (clusters !== undefined && Math.abs(sum(clusters) - 1) > 1e-6) throw new Error(`${where}: clusters add up to ${sum(clusters)}`);
  const failing = sum((clusters ?? []).filter((cluster) => cluster.verdict !== undefined));
  if (endpoints !== undefined && Math.abs(sum(endpoints) + failing - 1) > 1e-6)
    throw new Error(`${where}: endpoints add up to ${sum(endpoints)}`);
}
