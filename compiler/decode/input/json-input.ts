import { isUtf8 } from "node:buffer";
import type { DiagnosticSink } from "../../diag/index.ts";
import { jsonTypeNameOf, noTypeMessage, typeNameOf } from "../any-type.ts";
import { isJsonObject } from "../json/reader.ts";
import { bootstrapResources } from "./bootstrap.ts";
import { tellSettings } from "./bootstrap-settings.ts";
import { type JsonDocument, readDocument } from "./document.ts";
import { readConfigDump } from "./dump.ts";
import { fieldOf, type JsonFields, listField, nameOfResource, objectField, textField } from "./json-object.ts";
import { kindOfType, type RawResource, reportType, resourceWrapper, type Update, updateOf, whereOf } from "./raw.ts";

/** What JSON holds, or what is wrong with it. */
export type JsonInput =
  | { readonly kind: "updates"; readonly updates: readonly Update[] }
  | { readonly kind: "problem"; readonly code: "KM1001" | "KM1002" | "KM1003" | "KM1012" | "KM1025"; readonly message: string };

export function readJsonInput(bytes: Uint8Array, source: string, sink: DiagnosticSink): JsonInput {
  if (!isUtf8(bytes)) return { kind: "problem", code: "KM1002", message: "not UTF-8" };
  try {
    const document = readDocument(bytes, startsWithMark(bytes) ? 3 : 0);
    if (!document) return { kind: "problem", code: "KM1003", message: `${bytes.length} bytes of JSON` };
    const { outline } = document;
    const reading = { document, sink };
    if (Array.isArray(outline)) return listInput(outline, source, reading);
    return isJsonObject(outline)
      ? objectInput(outline, source, reading)
      : { kind: "problem", code: "KM1001", message: "the JSON is no object" };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "problem", code: "KM1002", message: error.message };
    if (error instanceof RangeError) return { kind: "problem", code: "KM1012", message: "nested too deeply" };
    throw error;
  }
}

/** Whether the bytes begin with a byte order mark. */
export function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Of what, and who is told. */
interface Reading {
  readonly document: JsonDocument;
  readonly sink: DiagnosticSink;
}

/** A sequence of responses, or a set of resources. */
function listInput(list: readonly unknown[], source: string, reading: Reading): JsonInput {
  if (list.some((item) => isJsonObject(item) && kindOfAny(item) !== undefined)) {
    return { kind: "updates", updates: [updateOf(rawResources(list, source, reading))] };
  }
  const updates: Update[] = [];
  for (const [index, item] of list.entries()) {
    const where = `${source}[${index}]`;
    const input: JsonInput = isJsonObject(item)
      ? objectInput(item, where, reading)
      : { kind: "problem", code: "KM1001", message: "is no object" };
    if (input.kind === "problem") return { ...input, message: `item ${index}: ${input.message}` };
    updates.push(...input.updates);
  }
  return { kind: "updates", updates };
}

function objectInput(object: JsonFields, source: string, reading: Reading): JsonInput {
  const one = (update: Update): JsonInput => ({ kind: "updates", updates: [update] });
  if (Array.isArray(fieldOf(object, "configs"))) {
    const update = readConfigDump(object, reading.document, source, reading.sink);
    return update ? one(update) : { kind: "problem", code: "KM1001", message: "no section of the dump tells of a mesh" };
  }
  const bootstrap = objectField(object, "bootstrap") ?? object;
  if (objectField(bootstrap, "static_resources")) {
    tellSettings(bootstrap, source, reading.sink);
    return one(updateOf(bootstrapResources(bootstrap, reading.document, source, "error")));
  }
  if (fieldOf(object, "system_version_info") !== undefined || fieldOf(object, "removed_resources") !== undefined) {
    return { kind: "problem", code: "KM1025", message: "a DeltaDiscoveryResponse" };
  }
  const typeUrl = textField(object, "type_url");
  if (Array.isArray(fieldOf(object, "resources")) || typeUrl !== "") {
    const resources = rawResources(listField(object, "resources"), `${source} resources`, reading);
    return one(updateOf(resources, kindOfType(typeNameOf(typeUrl))));
  }
  if (kindOfAny(object) !== undefined) return one(updateOf(rawResources([object], source, reading)));
  return { kind: "problem", code: "KM1001", message: "the JSON has none of configs, static_resources, resources, @type" };
}

function kindOfAny(any: JsonFields): RawResource["kind"] | undefined {
  return kindOfType(typeNameOf(textField(any, "@type")));
}

function rawResources(list: readonly unknown[], within: string, reading: Reading): readonly RawResource[] {
  return list.flatMap((item, index) => rawResource(item, within, index, reading));
}

function rawResource(item: unknown, within: string, index: number, reading: Reading): readonly RawResource[] {
  const value = isJsonObject(item) ? item : {};
  const url = textField(value, "@type");
  const type = jsonTypeNameOf(url);
  if (type === undefined) {
    reading.sink.add({
      code: "KM1015",
      severity: "error",
      path: whereOf({ within, index }),
      message: `${noTypeMessage}, not ${JSON.stringify(url)}`,
    });
    return [];
  }
  if (type === resourceWrapper) return rawResource(fieldOf(value, "resource"), within, index, reading);
  const kind = kindOfType(type);
  if (kind === undefined) {
    reportType(reading.sink, type, whereOf({ within, index }));
    return [];
  }
  const content = reading.document.contentOf(value);
  return [{ kind, name: nameOfResource(kind, content), within, index, unknownField: "note", content }];
}
