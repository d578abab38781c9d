import { request } from "node:http";
import { type AdminAddress, parseAdminAddress } from "../../admin/index.ts";
import { ApplyError } from "../../apply/index.ts";
import { accepted, defaultAdmin } from "../main.ts";

/** A daemon's admin server. */
export interface Daemon {
  /** As it was given. */
  readonly where: string;
  /** The body of a 200. Undefined: nobody listens there. Throws KM6305 where the daemon refuses, or something else answers. */
  get(path: string): Promise<string | undefined>;
  post(path: string, body: unknown): Promise<string | undefined>;
}

/** Dumps of large meshes take seconds. */
const TIMEOUT_MS = 60_000;

/** Throws UsageError (KM6302) for an address that is none, or not local. */
export function daemonAt(where: string = defaultAdmin): Daemon {
  const address = accepted(parseAdminAddress(where));
  return {
    where,
    get: (path) => ask(where, address, path, undefined),
    post: (path, body) => ask(where, address, path, JSON.stringify(body)),
  };
}

/** For what only a daemon can do. */
export function noDaemon(where: string): ApplyError {
  return new ApplyError("KM6305", where, "no daemon answers there", "start kmesh-daemon run, or give its --admin address");
}

function ask(where: string, address: AdminAddress, path: string, body: string | undefined): Promise<string | undefined> {
  const target = address.kind === "tcp" ? { host: address.host, port: address.port } : { socketPath: address.path };
  const options = { ...target, path, method: body === undefined ? "GET" : "POST", agent: false, timeout: TIMEOUT_MS } as const;
  return new Promise((resolve, reject) => {
    const fail = (message: string, hint: string): void => reject(new ApplyError("KM6305", where, message, hint));
    const sent = request({ ...options, ...(body !== undefined && { headers: { "content-type": "application/json" } }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", (error) => fail(error.message, "try again"));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(text);
        else fail(...refusalOf(response.statusCode ?? 0, text));
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} seconds`)));
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(undefined);
      else fail(error.message, error.code === "EACCES" ? "run it as the daemon's user" : "look at the daemon's log");
    });
    sent.end(body);
  });
}

function refusalOf(status: number, text: string): readonly [string, string] {
  try {
    const { error, hint } = JSON.parse(text) as { readonly error?: unknown; readonly hint?: unknown };
    if (typeof error === "string") return [error, typeof hint === "string" ? hint : ""];
  } catch {
    // Something else answers there.
  }
  return [`it answers ${status}, not as a kmesh-daemon does`, "give the daemon's --admin address"];
}
