import { assertNever } from "../../diag/index.ts";
import type { Question } from "../decision.ts";

/** First bytes of a TLS client, for a connection manager that reads plaintext. */
const tlsBytes = Uint8Array.of(0x16, 0x03, 0x01);

/** Absent: the client sends nothing. */
export function firstBytes(question: Question): Uint8Array | undefined {
  switch (question.first.kind) {
    case "nothing":
      return undefined;
    case "tls":
      return tlsBytes;
    case "bytes":
      return question.first.bytes.length === 0 ? undefined : question.first.bytes;
    default:
      return assertNever(question.first);
  }
}
