/**
 * Every endpoint at once: servers on all local addresses (the sandbox makes every address local) of the ports that fixtures name. They
 * tell the client at which address they were reached and, for HTTP, what they saw.
 */
import { createServer, type Server, type Socket } from "node:net";
import { formatAddress } from "./question.ts";

/** First line of what a connection that is no HTTP gets; the address follows. */
export const bannerPrefix = "KM-UPSTREAM ";

/** Body of an HTTP answer. */
export interface UpstreamSaw {
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface Upstreams {
  /** Listens on these ports too; ports that can't be had are skipped. */
  listen(ports: Iterable<number>): Promise<void>;
  /** When true, connections get the banner at once: for clients that send nothing. */
  greet: boolean;
  close(): void;
}

/** Starts with no port. */
export function startUpstreams(): Upstreams {
  const servers = new Map<number, Server>();
  const sockets = new Set<Socket>();
  const upstreams: Upstreams = {
    greet: false,
    async listen(ports) {
      const fresh = [...new Set(ports)].filter((port) => port > 0 && !servers.has(port));
      await Promise.all(fresh.map((port) => open(port)));
    },
    close() {
      for (const server of servers.values()) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  const open = (port: number) =>
    new Promise<void>((resolve) => {
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        serve(socket, upstreams.greet);
      });
      server.on("error", () => resolve());
      server.listen({ host: "::", port, backlog: 1024 }, () => resolve());
      servers.set(port, server);
    });
  return upstreams;
}

function serve(socket: Socket, greet: boolean): void {
  const ip = (socket.localAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  const address = formatAddress({ ip, port: socket.localPort ?? 0 });
  let waiting = "";
  let raw = greet;
  socket.on("error", () => socket.destroy());
  if (greet) socket.write(`${bannerPrefix}${address}\n`);
  socket.on("data", (data) => {
    if (raw) return;
    waiting += data.toString("latin1");
    if (!/^\r?\n?[!-~]+ [^\r\n]* HTTP\/1\.\d\r?\n/.test(waiting) && !/^[A-Z]+ [^\r\n]*$/.test(waiting)) {
      raw = true;
      socket.write(`${bannerPrefix}${address}\n`);
      return;
    }
    for (let end = headEnd(waiting); end > 0; end = headEnd(waiting)) {
      socket.write(answer(waiting.slice(0, end), address));
      waiting = waiting.slice(end);
    }
  });
}

/** Index just past the head's empty line, or 0. */
function headEnd(text: string): number {
  const found = /\r?\n\r?\n/.exec(text.replace(/^(\r?\n)/, (blank) => " ".repeat(blank.length)));
  return found === null ? 0 : found.index + found[0].length;
}

function answer(head: string, address: string): Buffer {
  const [line = "", ...lines] = head.replace(/^[\r\n]+|[\r\n]+$/g, "").split(/\r?\n/);
  const [method = "", path = ""] = line.split(" ");
  const headers = lines.map((text): [string, string] => {
    const colon = text.indexOf(":");
    // Not trim(), which takes bytes for blanks that are none in HTTP.
    return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
  });
  const authority = headers.find(([name]) => name === "host")?.[1] ?? "";
  const saw: UpstreamSaw = { address, method, path, authority, headers: headers.filter(([name]) => name !== "host") };
  const upgrade = headers.find(([name]) => name === "upgrade")?.[1];
  const marker = `x-km-upstream: ${address}\r\n`;
  if (upgrade !== undefined && upgrade !== "h2c") {
    return Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n${marker}\r\n`);
  }
  if (method === "CONNECT") return Buffer.from(`HTTP/1.1 200 OK\r\n${marker}\r\n`);
  const body = Buffer.from(JSON.stringify(saw), "utf8");
  const start = Buffer.from(`HTTP/1.1 200 OK\r\n${marker}content-length: ${body.length}\r\n\r\n`, "latin1");
  return method === "HEAD" ? start : Buffer.concat([start, body]);
}
