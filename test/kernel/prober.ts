/**
 * A process in a namespace and a cgroup: serves endpoints that say who they are, and makes connections. Started by `startProber`, spoken to
 * over the IPC channel: one answer for each request, in any order.
 */
import { createServer, type Server, Socket } from "node:net";

export interface Landing {
  /** The endpoint that answered, or the error. */
  readonly at: string;
  /** What getpeername() says. */
  readonly peer: string;
}

export type Request =
  | { readonly kind: "serve"; readonly at: readonly string[] }
  /** On every address of the namespace; says the address that a connection came to. */
  | { readonly kind: "serve-ports"; readonly ports: readonly number[] }
  | { readonly kind: "connect"; readonly to: string }
  /** `count` connections, some at a time: how many landed where. */
  | { readonly kind: "burst"; readonly to: string; readonly count: number }
  /** Connects until `stop`. */
  | { readonly kind: "load"; readonly to: readonly string[] }
  | { readonly kind: "stop" };

export interface Counts {
  /** By target, then by landing place or error. */
  readonly [target: string]: Readonly<Record<string, number>>;
}

const PARALLEL = 16;
const servers: Server[] = [];
let loading: { stop: boolean; done: Promise<Counts> } | undefined;

if (process.send) {
  process.on("message", (message: { readonly id: number; readonly request: Request }) => {
    answer(message.request).then(
      (value) => process.send!({ id: message.id, value }),
      (error: unknown) => process.send!({ id: message.id, error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
  process.send({ id: 0, value: "ready" });
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case "serve":
      await Promise.all(request.at.map((at) => serve(parse(at), () => at)));
      return undefined;
    case "serve-ports":
      await Promise.all(request.ports.map((port) => serve({ host: "::", port }, localAddress)));
      return undefined;
    case "connect":
      return connect(request.to);
    case "burst":
      return spread([request.to], (done) => done >= request.count);
    case "load": {
      const state = { stop: false, done: Promise.resolve<Counts>({}) };
      state.done = spread(request.to, () => state.stop);
      loading = state;
      return undefined;
    }
    case "stop":
      loading!.stop = true;
      return loading!.done;
  }
}

function serve({ host, port }: { readonly host: string; readonly port: number }, name: (socket: Socket) => string): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(name(socket));
  });
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen({ host, port, backlog: 4096 }, resolve);
  });
}

function localAddress(socket: Socket): string {
  return format((socket.localAddress ?? "").replace(/^::ffff:(?=\d+\.)/, ""), socket.localPort ?? 0);
}

function connect(to: string): Promise<Landing> {
  const { host, port } = parse(to);
  return new Promise((resolve) => {
    const socket = new Socket();
    let text = "";
    let peer = "";
    socket.on("connect", () => {
      peer = format(socket.remoteAddress ?? "", socket.remotePort ?? 0);
    });
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("close", () => resolve({ at: text, peer }));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      text = error.code ?? error.message;
    });
    socket.connect({ host, port });
  });
}

async function spread(targets: readonly string[], enough: (done: number) => boolean): Promise<Counts> {
  const counts: Record<string, Record<string, number>> = Object.fromEntries(targets.map((target) => [target, {}]));
  let started = 0;
  const worker = async (): Promise<void> => {
    while (!enough(started)) {
      const target = targets[started++ % targets.length]!;
      const { at } = await connect(target);
      counts[target]![at] = (counts[target]![at] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return counts;
}

function parse(at: string): { readonly host: string; readonly port: number } {
  const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(at)!;
  return { host: match[1]!, port: Number(match[2]) };
}

function format(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
