import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a control plane and the daemon, and knows when the last bytes of a response were on the daemon's socket. */
export interface Relay {
  readonly address: string;
  /** When the last response, or part of one, was written: nanoseconds of process.hrtime, which all processes share. */
  lastAt(): bigint;
  /** The same of the next one. */
  nextAt(): Promise<bigint>;
  close(): void;
}

/** Frames of HTTP/2 that carry no response (SETTINGS, PING, WINDOW_UPDATE) are shorter. */
const RESPONSE_BYTES = 64;

export async function startRelay(target: string): Promise<Relay> {
  const port = Number(target.split(":").at(-1));
  const sockets = new Set<Socket>();
  let last = 0n;
  let onWritten: ((at: bigint) => void) | undefined;
  const server = createServer({ noDelay: true }, (daemon) => {
    const plane = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const socket of [daemon, plane]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        daemon.destroy();
        plane.destroy();
      });
    }
    daemon.pipe(plane);
    plane.on("data", (bytes) => {
      if (!daemon.write(bytes)) {
        plane.pause();
        daemon.once("drain", () => plane.resume());
      }
      if (bytes.length < RESPONSE_BYTES) return;
      last = process.hrtime.bigint();
      onWritten?.(last);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastAt: () => last,
    nextAt: () =>
      new Promise((resolve) => {
        onWritten = resolve;
      }),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
