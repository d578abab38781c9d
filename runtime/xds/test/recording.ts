import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { XdsMode } from "../types.ts";
import { decodeRequest, type Request } from "./messages.ts";

/** One message of a recorded session. */
export type Recorded =
  | { readonly kind: "request"; readonly request: Request; readonly atMs: number }
  | { readonly kind: "response"; readonly bytes: Buffer; readonly nonce: string; readonly typeUrl: string; readonly atMs: number };

/** A session with a real istiod: see data/README.md. */
export interface Recording {
  readonly mode: XdsMode;
  readonly messages: readonly Recorded[];
  /** The state held at the end, as `/config_dump?include_eds`. */
  readonly configDump: Buffer;
}

export const recordings = ["productpage-sotw", "productpage-delta", "kernel-native-sotw"] as const;

interface Line {
  readonly dir: "request" | "response" | "event";
  readonly t_ms: number;
  readonly type_url: string;
  readonly nonce?: string;
  readonly offset: number;
  readonly length: number;
}

export function readRecording(name: (typeof recordings)[number]): Recording {
  const read = (file: string): Buffer => gunzipSync(readFileSync(fileURLToPath(new URL(`data/${name}/${file}.gz`, import.meta.url))));
  const mode = name.endsWith("delta") ? "delta" : "sotw";
  const bin = read("session.bin");
  const lines = read("session.jsonl").toString("utf8").trimEnd().split("\n");
  const messages = lines.flatMap((line): readonly Recorded[] => {
    const { dir, t_ms: atMs, type_url: typeUrl, nonce = "", offset, length } = JSON.parse(line) as Line;
    const bytes = bin.subarray(offset, offset + length);
    if (dir === "event") return [];
    return dir === "request"
      ? [{ kind: "request", request: decodeRequest(mode, bytes), atMs }]
      : [{ kind: "response", bytes, nonce, typeUrl, atMs }];
  });
  return { mode, messages, configDump: read("config_dump.json") };
}
