import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Diagnostic } from "../../compiler/diag/index.ts";

/** How the control plane is reached. Files are read anew for every connection. */
export type XdsSecurity =
  /** No encryption and no identity: tests, a Unix socket, a port that only the node can reach. */
  | { readonly kind: "plaintext" }
  | {
      readonly kind: "tls";
      /** PEM; the system's roots without it. */
      readonly rootCertFile?: string;
      /** Client certificate, PEM; both or none. */
      readonly certFile?: string;
      readonly keyFile?: string;
      /** A JWT, sent as `authorization: Bearer`. */
      readonly tokenFile?: string;
      /** The name that the server's certificate must have, where it differs from the address. */
      readonly serverName?: string;
    };

/** What the files hold. */
export interface Credentials {
  readonly rootCert?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
}

export interface CredentialFiles {
  /** Reads them; or which one can't be read. */
  read(): { readonly kind: "read"; readonly credentials: Credentials } | { readonly kind: "problem"; readonly problem: Diagnostic };
  /**
   * Whether a file is another one than at the last `read`: `connection` looks at the certificates, which a running connection rests on; a token is
   * only looked at when a stream begins.
   */
  changed(which: "all" | "connection"): boolean;
}

export function credentialFiles(security: XdsSecurity): CredentialFiles {
  const certificates: readonly (string | undefined)[] =
    security.kind === "tls" ? [security.rootCertFile, security.certFile, security.keyFile] : [];
  const token = security.kind === "tls" ? security.tokenFile : undefined;
  let marks = new Map<string, string>();

  const paths = (which: "all" | "connection"): readonly string[] =>
    [...certificates, which === "all" ? token : undefined].filter((path) => path !== undefined);

  return {
    read() {
      // Marked before they are read: a change in between is found at the next look.
      marks = new Map(paths("all").map((path) => [path, markOf(path)]));
      if (security.kind === "plaintext") return { kind: "read", credentials: {} };
      try {
        const { rootCertFile, certFile, keyFile } = security;
        const certificates = {
          ...(rootCertFile !== undefined && { rootCert: readCertificate(rootCertFile) }),
          ...(certFile !== undefined && { cert: readCertificate(certFile) }),
          ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
        };
        // Throws where key and certificate are broken or do not fit each other.
        createSecureContext({ cert: certificates.cert, key: certificates.key });
        return { kind: "read", credentials: { ...certificates, ...(token !== undefined && { token: readToken(token) }) } };
      } catch (error) {
        return { kind: "problem", problem: unreadable((error as Error).message) };
      }
    },
    changed: (which) => paths(which).some((path) => marks.get(path) !== markOf(path)),
  };
}

/** What changes when a file does: Kubernetes swaps a symbolic link, so that the inode is another one. */
function markOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return "absent";
  }
}

/** PEM; the first certificate is looked at. */
function readCertificate(path: string): Buffer {
  const bytes = readFileSync(path);
  try {
    new X509Certificate(bytes);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
  return bytes;
}

function readToken(path: string): string {
  const token = readFileSync(path, "utf8").trim();
  if (!/^[\w.~+/=-]+$/.test(token)) throw new Error(`${path} holds no token`);
  return token;
}

function unreadable(message: string): Diagnostic {
  return {
    code: "KM7003",
    severity: "error",
    path: "xds.credentials",
    message,
    hint: "mount it (Istio: ConfigMap istio-ca-root-cert, projected token of audience istio-ca), or name another file",
  };
}
