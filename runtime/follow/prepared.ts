import {
  createDecoder,
  createEarlierVersions,
  decodeResource,
  newStencils,
  type XdsRawResource,
  type XdsResource,
} from "../../compiler/decode/index.ts";
import { type Diagnostic, type DiagnosticSink, InternalError } from "../../compiler/diag/index.ts";
import { createSlot } from "../../compiler/memo/index.ts";
import { resolveAhead } from "../../compiler/resolve/index.ts";
import type { EarlyChange, EarlyResource, SentRequest } from "./early.ts";
import type { BuildRequest, Change, Input } from "./types.ts";

/** Decodes resources before the build that asks for them: while others are still on their way. */
export interface Prepared {
  prepare(resources: readonly EarlyResource[]): void;
  /**
   * The request as if nothing had been sent before. What is prepared and not in it is forgotten: newer content has replaced it. Throws
   * InternalError for what was not sent.
   */
  complete(request: SentRequest): BuildRequest;
  /** As decodeResource, but for notes, which no build keeps. */
  readonly decode: typeof decodeResource;
}

interface Decoded {
  readonly resource: XdsResource | undefined;
  readonly problems: readonly Diagnostic[];
}

export function createPrepared(): Prepared {
  let early = new Map<number, XdsRawResource>();
  const versions = createEarlierVersions();
  /** Of what one build asks for: what comes later is seldom much. */
  let stencils = newStencils();
  // Not a WeakMap, whose table stays as large as for the first mesh.
  const decoded = createSlot<XdsRawResource, Decoded>();

  const complete = <T extends Input>(input: T | EarlyChange): T | Change => {
    if (!("early" in input)) return input;
    const { kind, name } = input;
    const resource = early.get(input.early);
    if (!resource) throw new InternalError(`${kind} ${name} was not sent ahead`);
    return { kind, name, resource };
  };

  return {
    prepare(resources) {
      // One for all: what repeats in them is read once. What it holds on to for that goes with it, as they may lie in one piece of memory.
      const decode = createDecoder(versions, stencils);
      for (const { number, resource } of resources) early.set(number, standIn(resource, decode));
    },
    complete({ known, changes, ...others }) {
      const request = { ...others, known: known.map(complete), changes: changes.map(complete) };
      early = new Map();
      stencils = newStencils();
      return request;
    },
    decode(raw, sink) {
      const known = decoded.get(raw);
      if (!known) return decodeResource(raw, sink);
      for (const problem of known.problems) sink.add(problem);
      return known.resource;
    },
  };

  /** Stands for what was decoded, without its bytes. */
  function standIn(raw: XdsRawResource, decode: typeof decodeResource): XdsRawResource {
    const problems: Diagnostic[] = [];
    const sink: DiagnosticSink = { add: (diagnostic) => void problems.push(diagnostic), note() {} };
    try {
      const resource = decode(raw, sink);
      if (resource) resolveAhead(resource, false);
      const entry = { resource, problems };
      const { kind, name, form } = raw;
      const made: XdsRawResource = { kind, name, form, bytes: new Uint8Array(0) };
      decoded.set(made, entry);
      return made;
    } catch {
      // A bug: the build that asks for it will say so.
      return raw;
    }
  }
}
