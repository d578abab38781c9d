import { readFileSync, renameSync } from "node:fs";
import { sha256 } from "../../compiler/bundle/sha256.ts";
import type { XdsRawResource } from "../../compiler/decode/index.ts";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import { replaceFile } from "../keep/index.ts";
import { kinds } from "./batch.ts";

/** Resources as they came, for the next daemon. */
export interface FallbacksFile {
  /** Nothing where there is no file. One that can't be used is set aside beside it, and told. */
  read(): FallbacksRead;
  /** By one rename. Errors of the file system are thrown. */
  write(resources: readonly XdsRawResource[]): void;
}

export interface FallbacksRead {
  readonly resources: readonly XdsRawResource[];
  /** Version of the product that wrote them; empty where there is nothing. */
  readonly version: string;
  readonly problem?: Diagnostic;
}

/** Of the file, not of the resources: these are as the control plane sent them. */
const FORMAT = 1;

interface Stored {
  readonly format: number;
  readonly version: string;
  /** SHA-256 of `resources` as JSON without spaces. */
  readonly sha256: string;
  readonly resources: readonly StoredResource[];
}

/** Bytes in base64. */
type StoredResource = Omit<XdsRawResource, "bytes"> & { readonly bytes: string };

/** @param version of this product */
export function fallbacksFile(path: string, version: string): FallbacksFile {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
        return { resources: [], version: "", ...(!isAbsent && { problem: unusable(path, (error as Error).message) }) };
      }
      try {
        return parse(text);
      } catch (error) {
        return { resources: [], version: "", problem: unusable(path, `${(error as Error).message}; ${setAside(path)}`) };
      }
    },
    write(resources) {
      const list = resources.map(({ kind, name, form, bytes }) => ({ kind, name, form, bytes: Buffer.from(bytes).toString("base64") }));
      const text = JSON.stringify(list);
      const head: Omit<Stored, "resources"> = { format: FORMAT, version, sha256: sha256(text) };
      replaceFile(path, `${JSON.stringify(head).slice(0, -1)},"resources":${text}}\n`);
    },
  };
}

/** Throws on what this version did not write, or a disk has changed. */
function parse(text: string): FallbacksRead {
  const { format, version, sha256: hash, resources } = JSON.parse(text) as Partial<Stored>;
  if (format !== FORMAT) throw new Error(`its format is ${String(format)}, not ${FORMAT}`);
  if (!Array.isArray(resources) || typeof version !== "string" || hash !== sha256(JSON.stringify(resources)))
    throw new Error("its content is damaged");
  return {
    version,
    resources: resources.map(({ kind, name, form, bytes }) => {
      if (!kinds.includes(kind)) throw new Error(`a resource of kind ${String(kind)}`);
      return { kind, name, form, bytes: Buffer.from(bytes, "base64") };
    }),
  };
}

function setAside(path: string): string {
  const aside = `${path}.unusable`;
  try {
    renameSync(path, aside);
    return `it is now ${aside}`;
  } catch (error) {
    return `it could not be set aside: ${(error as Error).message}`;
  }
}

function unusable(path: string, message: string): Diagnostic {
  return { code: "KM6306", severity: "error", path, message };
}
