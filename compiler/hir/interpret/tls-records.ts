/** The first handshake message in a client's TLS records, as BoringSSL joins them for a tls_inspector (RFC 8446 5.1). */
export type FirstMessage = { readonly kind: "message"; readonly type: number; readonly body: Uint8Array } | NoMessage;

/** What else a client's first bytes are for a tls_inspector. */
export type NoMessage =
  | { readonly kind: "incomplete" }
  /** The parser gives up, or it is another message: the connection counts as plain. */
  | { readonly kind: "other" }
  /** The connection is closed: a version of TLS that there is not, more bytes than are looked at, or a client that takes its leave. */
  | { readonly kind: "closed" };

const incomplete: NoMessage = { kind: "incomplete" };
const other: NoMessage = { kind: "other" };

const alertType = 0x15;
const handshakeType = 0x16;

const maxRecordBytes = 16384 + 256 + 64;
const maxMessageBytes = 16384;

/** So many records without content, or warnings, are passed over until one with content comes. */
const maxEmptyRecords = 32;
const maxWarnings = 4;

/**
 * A record's header and what it claims must be there before its type is looked at, and a message must end where its last record does. Warnings
 * may stand between records.
 */
export function readFirstMessage(bytes: Uint8Array): FirstMessage {
  const message: number[] = [];
  let emptyRecords = 0;
  let warnings = 0;
  let at = 0;
  for (;;) {
    if (message.length >= 4) {
      const length = (message[1]! << 16) | (message[2]! << 8) | message[3]!;
      if (message.length === 4 + length) return { kind: "message", type: message[0]!, body: Uint8Array.from(message.slice(4)) };
      if (message.length > 4 + length || length > maxMessageBytes) return other;
    }
    if (bytes.length < at + 5) return incomplete;
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    if (bytes[at + 1] !== 0x03 || length > maxRecordBytes) return other;
    if (bytes.length < at + 5 + length) return incomplete;
    const type = bytes[at]!;
    const content = bytes.subarray(at + 5, at + 5 + length);
    at += 5 + length;
    if (type === alertType) {
      const alert = readAlert(content);
      if (alert !== "warning") return { kind: alert };
      warnings += 1;
      if (warnings > maxWarnings) return other;
    } else if (type !== handshakeType) {
      return other;
    } else if (content.length === 0) {
      emptyRecords += 1;
      if (emptyRecords > maxEmptyRecords) return other;
    } else {
      emptyRecords = 0;
      warnings = 0;
      message.push(...content);
    }
  }
}

/** RFC 8446 6: level and description. */
function readAlert(content: Uint8Array): "warning" | "closed" | "other" {
  if (content.length !== 2 || content[0] !== 1) return "other";
  return content[1] === 0 ? "closed" : "warning";
}
