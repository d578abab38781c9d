import { isJsonObject } from "../json/reader.ts";
import type { XdsKind } from "../types.ts";
import type { JsonDocument } from "./document.ts";
import { type JsonFields, listField, nameOfResource, objectField } from "./json-object.ts";
import type { RawResource } from "./raw.ts";

/** A bootstrap's static listeners and clusters. */
export function bootstrapResources(
  bootstrap: JsonFields,
  document: JsonDocument,
  where: string,
  unknownField: RawResource["unknownField"],
): readonly RawResource[] {
  const statics = objectField(bootstrap, "static_resources") ?? {};
  const raw = (kind: XdsKind, field: string): readonly RawResource[] =>
    listField(statics, field).map((item, index) => {
      const content = document.contentOf(isJsonObject(item) ? item : {});
      const within = `${where}.static_resources.${field}`;
      return { kind, name: nameOfResource(kind, content), within, index, unknownField, content };
    });
  return [...raw("listener", "listeners"), ...raw("cluster", "clusters")];
}
