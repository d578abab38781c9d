import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP relay that can break a connection in the middle of a message. */
export interface Cutter {
  readonly address: string;
  /** Breaks the connection after this many more bytes from the server. */
  cutAfter(bytes: number): void;
  /** Takes no more bytes from either side, and closes nothing: a network that went away. */
  stall(): void;
  close(): void;
}

export async function startCutter(target: string): Promise<Cutter> {
  const port = Number(target.split(":").at(-1));
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      client.write(bytes.subarray(0, Math.min(bytes.length, left)));
      left -= bytes.length;
      if (left > 0) return;
      left = Number.POSITIVE_INFINITY;
      client.end(() => client.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAfter(bytes) {
      left = bytes;
    },
    stall() {
      for (const socket of sockets) socket.pause();
      for (const socket of sockets) socket.unpipe();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
