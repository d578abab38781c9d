import { type AddressInfo, connect, createServer } from "node:net";

/** Stands between a control plane and the daemon, and knows when the last bytes of a response were on the daemon's socket. */
export interface Relay {
  readonly address: string;
  /** Called as soon as a response, or part of one, has been written: nanoseconds of process.hrtime. */
  onWritten: (at: bigint) => void;
}

/** Frames of HTTP/2 that carry no response (SETTINGS, PING, WINDOW_UPDATE) are shorter. */
const RESPONSE_BYTES = 64;

export async function startRelay(target: string): Promise<Relay> {
  const port = Number(target.split(":").at(-1));
  const server = createServer({ noDelay: true }, (daemon) => {
    const plane = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const socket of [daemon, plane]) {
      socket.on("error", () => {});
      socket.on("close", () => {
        daemon.destroy();
        plane.destroy();
      });
    }
    daemon.pipe(plane);
    plane.on("data", (bytes) => {
      // What fits into the socket is written before this returns.
      if (!daemon.write(bytes)) {
        plane.pause();
        daemon.once("drain", () => plane.resume());
      }
      if (bytes.length >= RESPONSE_BYTES) relay.onWritten(process.hrtime.bigint());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const relay: Relay = { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, onWritten: () => {} };
  return relay;
}
