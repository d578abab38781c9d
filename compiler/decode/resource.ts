import { compareText, type DiagnosticSink } from "../diag/index.ts";
import { rootPath } from "./decoded-resource.ts";
import { objectIn } from "./input/document.ts";
import { readFiles } from "./input/files.ts";
import { compactJson } from "./json/compact.ts";
import { type JsonStencils, newJsonStencils } from "./json/stencils.ts";
import { memoryOf } from "./memory.ts";
import { applyUpdates, decodeRaw, prepareResources } from "./snapshot.ts";
import { newState, type ReadState } from "./state.ts";
import type { XdsFile, XdsKind, XdsRawResource, XdsResource } from "./types.ts";
import { createEarlierVersions, type EarlierVersions } from "./wire/earlier.ts";
import { newRepeats } from "./wire/repeats.ts";
import { newStencils, type Stencils } from "./wire/stencils.ts";

const kinds: readonly XdsKind[] = ["cluster", "endpoint", "listener", "route"];

/**
 * What the files hold, as decodeSnapshot reads them, without decoding it: the newest version of each resource, sorted by kind and name. A
 * listener without a name is known by its address. Files that can't be read are in `sink`.
 */
export function readRawResources(files: readonly XdsFile[], sink: DiagnosticSink): readonly XdsRawResource[] {
  const held = applyUpdates(readFiles(files, sink), sink);
  return kinds.flatMap((kind) =>
    [...held[kind].values()]
      .flatMap(({ raw }): readonly XdsRawResource[] => {
        const { name, content } = raw;
        // Decoding tells the address that stands for a name, or what is wrong.
        const known = name !== "" ? name : decodeRaw(raw, kind, newState(sink))?.name;
        if (known === undefined) return [];
        // A text of its own, which does not hold the file's.
        return content.form === "json"
          ? [{ kind, name: known, form: "json", bytes: compactJson(content, content.start, content.end) }]
          : [{ kind, name: known, form: "protobuf", bytes: content.bytes.subarray(content.start, content.end) }];
      })
      .sort((a, b) => compareText(a.name, b.name)),
  );
}

/** One resource, typed. Undefined, with the errors in `sink`, where it is not to be used: the last good one stays. */
export function decodeResource(raw: XdsRawResource, sink: DiagnosticSink): XdsResource | undefined {
  return decodeBy(newState(sink), raw, sink);
}

/**
 * A decodeResource for many resources: messages that repeat in them are read once. It holds on to some of the resources' bytes.
 *
 * @param earlier what is known of the versions before of the same resources, and is to be known of these
 * @param stencils forms of messages that were met, and of their JSON; they hold on to none of the resources' bytes
 */
export function createDecoder(
  earlier: EarlierVersions = createEarlierVersions(),
  stencils: Stencils = newStencils(),
  jsonStencils: JsonStencils = newJsonStencils(),
): typeof decodeResource {
  prepareResources();
  const known = { repeats: newRepeats(), stencils, jsonStencils };
  return (raw, sink) => decodeBy(newState(sink, { ...known, earlier: earlier.itemsOf(raw) }), raw, sink);
}

function decodeBy(state: ReadState, raw: XdsRawResource, sink: DiagnosticSink): XdsResource | undefined {
  const { kind, name, form, bytes } = raw;
  const content = form === "json" ? objectIn(bytes) : ({ form: "wire", ...memoryOf(bytes), start: 0, end: bytes.length } as const);
  if (content) return decodeRaw({ kind, name, within: `${kind}s`, index: 0, unknownField: "note", content }, kind, state);
  sink.add({ code: "KM1002", severity: "error", path: rootPath(kind, name), message: "not an object in JSON" });
  return undefined;
}
