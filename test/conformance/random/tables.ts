/** Route tables of random listeners: found where they stand, and moved to resources of their own. */
import type { Json, JsonObject } from "../json-fields.ts";
import type { Dice } from "./dice.ts";

const tableType = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

/** The tables within the connection managers of `value`. */
export function inlineTables(value: Json): JsonObject[] {
  return managersIn(value).map((manager) => manager["route_config"] as JsonObject);
}

/** The same listeners with some of their tables asked for by name, and these tables. */
export function moveTables(dice: Dice, listeners: readonly JsonObject[], probability: number): readonly JsonObject[] {
  const moved: JsonObject[] = [];
  const copies = listeners.map((listener) => structuredClone(listener));
  for (const manager of copies.flatMap((listener) => managersIn(listener))) {
    if (!dice.chance(probability)) continue;
    const table = manager["route_config"] as JsonObject;
    delete manager["route_config"];
    manager["rds"] = { route_config_name: table["name"]!, config_source: { ads: {} } };
    if (dice.chance(0.95)) moved.push({ "@type": tableType, ...table });
  }
  return [...copies, ...moved];
}

/** Messages that hold a table. */
function managersIn(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(managersIn);
  if (typeof value !== "object" || value === null) return [];
  return "route_config" in value ? [value] : Object.values(value).flatMap(managersIn);
}
