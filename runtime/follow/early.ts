import type { XdsRawResource } from "../../compiler/decode/index.ts";
import type { BuildRequest, Change, Input } from "./types.ts";

/** A resource that is sent to the builder's thread before a build asks for it, with the number by which the build will name it. */
export interface EarlyResource {
  readonly number: number;
  readonly resource: XdsRawResource;
}

/** A change whose content was sent before. */
export interface EarlyChange extends Omit<Change, "resource"> {
  readonly early: number;
}

/** A build request on its way to the builder's thread. */
export interface SentRequest {
  readonly known: readonly (Input | EarlyChange)[];
  readonly changes: readonly (Change | EarlyChange)[];
  readonly fallbacks?: BuildRequest["fallbacks"];
}

/** Resources on their way to another thread, their bytes side by side: tens of thousands of buffers would cost more than what is in them. */
export interface EarlyParcel {
  readonly bytes: ArrayBuffer;
  readonly resources: readonly {
    readonly number: number;
    readonly head: Omit<XdsRawResource, "bytes">;
    readonly start: number;
    readonly end: number;
  }[];
}

/** About as much is copied at a time, bytes: the other thread can begin with the first while the next is made, and let go of it sooner. */
const PARCEL = 2 ** 20;

/** The bytes of each parcel are a copy, to be given away. */
export function* packEarly(resources: readonly EarlyResource[]): Iterable<EarlyParcel> {
  let first = 0;
  while (first < resources.length) {
    const contents: Uint8Array[] = [];
    let size = 0;
    do {
      // A look may be a read.
      const { bytes } = resources[first + contents.length]!.resource;
      contents.push(bytes);
      size += bytes.length;
    } while (first + contents.length < resources.length && size < PARCEL);
    yield pack(resources.slice(first, first + contents.length), contents, size);
    first += contents.length;
  }
}

function pack(list: readonly EarlyResource[], contents: readonly Uint8Array[], size: number): EarlyParcel {
  const bytes = new Uint8Array(size);
  let end = 0;
  const resources = list.map(({ number, resource: { kind, name, form } }, index) => {
    const start = end;
    bytes.set(contents[index]!, start);
    end += contents[index]!.length;
    return { number, head: { kind, name, form }, start, end };
  });
  return { bytes: bytes.buffer, resources };
}

/** Their bytes are views of the parcel's. */
export function unpackEarly({ bytes, resources }: EarlyParcel): readonly EarlyResource[] {
  return resources.map(({ number, head, start, end }) => ({
    number,
    resource: { ...head, bytes: new Uint8Array(bytes, start, end - start) },
  }));
}
