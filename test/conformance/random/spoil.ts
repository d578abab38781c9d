/** One field of a snapshot made wrong, or only unusual: whether Envoy takes the snapshot has to be known as well. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";

/** What the judge sets itself (adapt.ts), and what names the rest of a case. */
const kept = new Set(["@type", "bind_to_port", "use_original_dst", "access_log", "eds_config", "config_source", "stat_prefix"]);

interface Place {
  readonly parent: Json[] | Record<string, Json>;
  readonly key: number | string;
}

/** A copy of the resources with one field deleted, repeated or set to something else. */
export function spoil(dice: Dice, resources: readonly JsonObject[]): JsonObject[] {
  const copy = structuredClone(resources) as JsonObject[];
  const places = copy.flatMap((resource) =>
    Object.entries(resource).flatMap(([key, value]) => (isKept(key) || key === "address" ? [] : placesBelow(resource, key, value))),
  );
  if (places.length > 0) change(dice, dice.pick(places));
  return copy;
}

function isKept(key: string): boolean {
  return kept.has(key) || key === "name" || key === "cluster_name";
}

function placesBelow(parent: Place["parent"], key: number | string, value: Json): Place[] {
  const here: Place = { parent, key };
  if (Array.isArray(value)) return [here, ...value.flatMap((item, i) => placesBelow(value, i, item))];
  if (typeof value !== "object" || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([inner, item]) => (kept.has(inner) ? [] : placesBelow(value, inner, item)))];
}

const texts = ["", " ", "*", "a\nb", "a b", "é", "0s", "-1s", "0.0005s", ":x", "host", "%NOPE%", "100%", "(", "a".repeat(300)];
const numbers = [0, 1, 2, 101, 128, 199, 600, 65_535, 65_536, 4_294_967_295, 4_294_967_296, -1];

function change(dice: Dice, { parent, key }: Place): void {
  const at = parent as Record<number | string, Json>;
  const value = at[key]!;
  if (dice.chance(0.3)) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete at[key];
  } else if (Array.isArray(value)) {
    at[key] = dice.pick([[], [...value, {}], value.length > 0 ? [...value, structuredClone(dice.pick(value))] : []]);
  } else if (typeof value === "string") at[key] = dice.pick<Json>([...texts, value.toUpperCase(), 5, {}]);
  else if (typeof value === "number") at[key] = dice.pick<Json>([...numbers, "x", {}]);
  else at[key] = dice.pick<Json>([{}, [], "x", 5, null]);
}
