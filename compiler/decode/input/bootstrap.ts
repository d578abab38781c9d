import { isJsonObject } from "../json/message.ts";
import type { XdsKind } from "../types.ts";
import { type JsonFields, listField, nameOfResource, objectField } from "./json-object.ts";
import type { RawResource } from "./raw.ts";

/** A bootstrap's static listeners and clusters. */
export function bootstrapResources(
  bootstrap: JsonFields,
  where: string,
  unknownField: RawResource["unknownField"],
): readonly RawResource[] {
  const statics = objectField(bootstrap, "static_resources") ?? {};
  const raw = (kind: XdsKind, field: string): readonly RawResource[] =>
    listField(statics, field).map((item, index) => {
      const value = isJsonObject(item) ? item : {};
      return {
        kind,
        name: nameOfResource(kind, value),
        within: `${where}.static_resources.${field}`,
        index,
        unknownField,
        content: { form: "json", value },
      };
    });
  return [...raw("listener", "listeners"), ...raw("cluster", "clusters")];
}
