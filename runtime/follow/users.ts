import { compareText } from "../../compiler/diag/index.ts";
import { partitionPoint } from "../../compiler/memo/index.ts";
import type { Built, Input } from "./types.ts";

/** Which clusters learn of endpoints from what. */
export interface Users {
  /** Ids of the clusters that an input tells something, rising. */
  idsOf(kind: Input["kind"], name: string): readonly number[];
  /** Keys of the answers that a cluster asks for. */
  answersOf(id: number): readonly string[];
}

/** By place: names of assignments of a large mesh take no map, as they are (almost) in order already. */
export function usersOf({ assignments, hostnames }: Pick<Built, "assignments" | "hostnames">): Users {
  const asking: number[] = [];
  for (let id = 0; id < assignments.length; id++) if (assignments[id] !== "") asking.push(id);
  const byName = Int32Array.from(asking.sort((a, b) => compareText(assignments[a]!, assignments[b]!)));
  const byKey = new Map<string, number[]>();
  for (const { cluster, queries } of hostnames)
    for (const { key } of queries) {
      const ids = byKey.get(key);
      if (ids) ids.push(cluster);
      else byKey.set(key, [cluster]);
    }
  const answers = new Map(hostnames.map(({ cluster, queries }) => [cluster, queries.map(({ key }) => key)]));

  const nameAt = (at: number): string | undefined => (at < byName.length ? assignments[byName[at]!] : undefined);
  const idsAsking = (name: string): readonly number[] => {
    const ids: number[] = [];
    for (let at = partitionPoint(byName.length, (place) => nameAt(place)! < name); nameAt(at) === name; at++) ids.push(byName[at]!);
    return ids;
  };

  return {
    idsOf(kind, name) {
      if (kind === "endpoint") return idsAsking(name);
      return (kind === "answer" && byKey.get(name)) || [];
    },
    answersOf: (id) => answers.get(id) ?? [],
  };
}
