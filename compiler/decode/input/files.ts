import { compareText, type DiagnosticSink } from "../../diag/index.ts";
import { OPEN_LIST, OPEN_OBJECT } from "../json/letters.ts";
import { afterSpace } from "../json/space.ts";
import { memoryOf } from "../memory.ts";
import type { XdsFile } from "../types.ts";
import { inflateGzip, isGzip } from "./gzip.ts";
import { readJsonInput, startsWithMark } from "./json-input.ts";
import type { Update } from "./raw.ts";
import { readResponse } from "./response.ts";
import { type Inflated, inflateZstd, isZstd } from "./zstd.ts";

/** The updates of all files, in the order of the files' names. Files that are none are reported and give nothing. */
export function readFiles(files: readonly XdsFile[], sink: DiagnosticSink): readonly Update[] {
  const ordered = [...files].sort((a, b) => compareText(a.name, b.name));
  return ordered.flatMap((file) => readFile(file, sink));
}

function readFile(file: XdsFile, sink: DiagnosticSink): readonly Update[] {
  const { name } = file;
  const reject = (code: string, message: string, hint?: string): readonly Update[] => {
    sink.add({ code, severity: "error", path: name, message, ...(hint !== undefined && { hint }) });
    return [];
  };
  const inflated = inflate(file.bytes);
  if (inflated.kind === "problem")
    return reject(inflated.code, inflated.message, "decompress it by hand (zstd -d, gunzip), or capture it again");
  const { bytes } = inflated;
  const looksLikeJson = isJsonStart(bytes);
  if (looksLikeJson) {
    const input = readJsonInput(bytes, name, sink);
    if (input.kind === "updates") return input.updates;
    // A protobuf may begin like JSON: a line feed is the tag of its first field.
    if (input.code !== "KM1002" || bytes[0] !== protobufStart) return reject(input.code, input.message, hints[input.code]);
  }
  if (bytes.length === 0) return reject("KM1001", "the file is empty");
  const response = readResponse(bytes, name, sink);
  switch (response.kind) {
    case "update":
      return [response.update];
    case "delta":
      return reject("KM1025", "a DeltaDiscoveryResponse", hints.KM1025);
    case "broken": {
      // The first field of every response, version_info, is text that is short and printable.
      const looksLikeResponse = bytes[0] === protobufStart || bytes[0] === 0x12;
      if (looksLikeResponse) return reject("KM1010", `not a whole DiscoveryResponse: ${response.why}`);
      return reject("KM1001", "neither JSON nor a DiscoveryResponse", hints.KM1001);
    }
  }
}

/** What to do, by code. */
const hints = {
  KM1001:
    "give a whole config_dump (GET /config_dump?include_eds, istioctl proxy-config all POD -o json), a bootstrap, or DiscoveryResponses, as JSON or protobuf; convert YAML to JSON",
  KM1002: "capture it again: it was cut, or is no JSON in UTF-8",
  KM1003: "use the raw DiscoveryResponses (protobuf), or split the dump by resource kind",
  KM1012: "capture it again: no control plane sends that",
  KM1025: "give a config_dump, or the responses of a state-of-the-world stream: a delta does not hold what it leaves as it was",
} as const;

/** What is compressed twice stays so: it is neither JSON nor a response. */
function inflate(bytes: Uint8Array): Inflated {
  if (isZstd(bytes)) return inflateZstd(bytes);
  return isGzip(bytes) ? inflateGzip(bytes) : { kind: "bytes", bytes };
}

const protobufStart = 0x0a;

function isJsonStart(bytes: Uint8Array): boolean {
  const first = bytes[afterSpace(memoryOf(bytes), startsWithMark(bytes) ? 3 : 0)];
  return first === OPEN_OBJECT || first === OPEN_LIST;
}
