import { isUtf8 } from "node:buffer";
import type { DiagnosticSink } from "../../diag/index.ts";
import { jsonTypeNameOf, noTypeMessage, typeNameOf } from "../any-type.ts";
import { isJsonObject } from "../json/message.ts";
import { bootstrapResources } from "./bootstrap.ts";
import { readConfigDump } from "./dump.ts";
import { fieldOf, type JsonFields, listField, nameOfResource, objectField, textField } from "./json-object.ts";
import { kindOfType, type RawResource, reportType, resourceWrapper, type Update, updateOf, whereOf } from "./raw.ts";

/** What JSON holds, or what is wrong with it. */
export type JsonInput =
  | { readonly kind: "updates"; readonly updates: readonly Update[] }
  | { readonly kind: "problem"; readonly code: "KM1001" | "KM1002" | "KM1003" | "KM1025"; readonly message: string };

/** The longest string V8 makes, with room to spare. */
const maxJsonBytes = 500_000_000;

export function readJsonInput(bytes: Uint8Array, source: string, sink: DiagnosticSink): JsonInput {
  if (bytes.length > maxJsonBytes) return { kind: "problem", code: "KM1003", message: `${bytes.length} bytes of JSON` };
  if (!isUtf8(bytes)) return { kind: "problem", code: "KM1002", message: "not UTF-8" };
  let json: unknown;
  try {
    json = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString("utf8")
        .replace(/^\ufeff/, ""),
    );
  } catch (error) {
    return { kind: "problem", code: "KM1002", message: (error as Error).message };
  }
  if (Array.isArray(json)) return listInput(json, source, sink);
  return isJsonObject(json) ? objectInput(json, source, sink) : { kind: "problem", code: "KM1001", message: "the JSON is no object" };
}

/** A sequence of responses, or a set of resources. */
function listInput(list: readonly unknown[], source: string, sink: DiagnosticSink): JsonInput {
  if (list.some((item) => isJsonObject(item) && kindOfAny(item) !== undefined)) {
    return { kind: "updates", updates: [updateOf(rawResources(list, source, sink))] };
  }
  const updates: Update[] = [];
  for (const [index, item] of list.entries()) {
    const where = `${source}[${index}]`;
    const input: JsonInput = isJsonObject(item)
      ? objectInput(item, where, sink)
      : { kind: "problem", code: "KM1001", message: "is no object" };
    if (input.kind === "problem") return { ...input, message: `item ${index}: ${input.message}` };
    updates.push(...input.updates);
  }
  return { kind: "updates", updates };
}

function objectInput(object: JsonFields, source: string, sink: DiagnosticSink): JsonInput {
  const one = (update: Update): JsonInput => ({ kind: "updates", updates: [update] });
  if (Array.isArray(fieldOf(object, "configs"))) {
    const update = readConfigDump(object, source, sink);
    return update ? one(update) : { kind: "problem", code: "KM1001", message: "no section of the dump tells of a mesh" };
  }
  const bootstrap = objectField(object, "bootstrap") ?? object;
  if (objectField(bootstrap, "static_resources")) return one(updateOf(bootstrapResources(bootstrap, source, "error")));
  if (fieldOf(object, "system_version_info") !== undefined || fieldOf(object, "removed_resources") !== undefined) {
    return { kind: "problem", code: "KM1025", message: "a DeltaDiscoveryResponse" };
  }
  const typeUrl = textField(object, "type_url");
  if (Array.isArray(fieldOf(object, "resources")) || typeUrl !== "") {
    const resources = rawResources(listField(object, "resources"), `${source} resources`, sink);
    return one(updateOf(resources, kindOfType(typeNameOf(typeUrl))));
  }
  if (kindOfAny(object) !== undefined) return one(updateOf(rawResources([object], source, sink)));
  return { kind: "problem", code: "KM1001", message: "the JSON has none of configs, static_resources, resources, @type" };
}

function kindOfAny(any: JsonFields): RawResource["kind"] | undefined {
  return kindOfType(typeNameOf(textField(any, "@type")));
}

function rawResources(list: readonly unknown[], within: string, sink: DiagnosticSink): readonly RawResource[] {
  return list.flatMap((item, index) => rawResource(item, within, index, sink));
}

function rawResource(item: unknown, within: string, index: number, sink: DiagnosticSink): readonly RawResource[] {
  const value = isJsonObject(item) ? item : {};
  const url = textField(value, "@type");
  const type = jsonTypeNameOf(url);
  if (type === undefined) {
    sink.add({
      code: "KM1015",
      severity: "error",
      path: whereOf({ within, index }),
      message: `${noTypeMessage}, not ${JSON.stringify(url)}`,
    });
    return [];
  }
  if (type === resourceWrapper) return rawResource(fieldOf(value, "resource"), within, index, sink);
  const kind = kindOfType(type);
  if (kind === undefined) {
    reportType(sink, type, whereOf({ within, index }));
    return [];
  }
  return [{ kind, name: nameOfResource(kind, value), within, index, unknownField: "note", content: { form: "json", value } }];
}
