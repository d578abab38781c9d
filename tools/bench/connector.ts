/**
 * A process that makes connections by plain system calls and times connect() alone. Started in a network namespace of its own; the
 * benchmark moves it from cgroup to cgroup and asks for rounds over IPC.
 *
 * It accepts its own connections: loopback finishes the handshake inside connect(), so that nothing else runs between the two clocks.
 */
import koffi from "koffi";

export interface Round {
  /** Destinations to draw from: IPv4 address as a number, port. */
  readonly targets: readonly (readonly [address: number, port: number])[];
  readonly count: number;
}

export interface RoundResult {
  /** Nanoseconds of each connect(). */
  readonly times: Float64Array;
  readonly failed: number;
  /** Where the last connection went: IPv4 address as a number. */
  readonly landed: number;
}

/** Every endpoint of the benchmark listens here. It shares its bit of Header.ports with the services' port 80: who misses is looked up. */
export const PORT = 19_536;
/** And here, for misses that the header alone tells. */
export const OTHER_PORT = 19_537;

const AF_INET = 2;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_LINGER = 13;

const c = koffi.load("libc.so.6");
const socket = c.func("int socket(int, int, int)");
const bind = c.func("int bind(int, void *, uint32)");
const listen = c.func("int listen(int, int)");
const connect = c.func("int connect(int, void *, uint32)");
const accept = c.func("int accept(int, void *, void *)");
const close = c.func("int close(int)");
const getsockname = c.func("int getsockname(int, void *, void *)");
const setsockopt = c.func("int setsockopt(int, int, int, void *, uint32)");

function address(ip: number, port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.writeUInt32BE(ip, 4);
  return bytes;
}

/** Listens on every local address. */
export function openListener(port = PORT): number {
  const fd = socket(AF_INET, SOCK_STREAM_CLOEXEC, 0) as number;
  const one = Buffer.from(new Uint32Array([1]).buffer);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, one, 4);
  if (bind(fd, address(0, port), 16) !== 0 || listen(fd, 4096) !== 0) throw new Error(`can't listen on port ${port}`);
  return fd;
}

export function round(listener: number, { targets, count }: Round): RoundResult {
  const addresses = targets.map(([ip, port]) => address(ip, port));
  // A reset instead of FIN and TIME_WAIT: ports do not run out.
  const linger = Buffer.from(new Int32Array([1, 0]).buffer);
  const local = Buffer.alloc(16);
  const size = Buffer.from(new Uint32Array([16]).buffer);
  const times = new Float64Array(count);
  let failed = 0;
  for (let i = 0; i < count; i++) {
    const fd = socket(AF_INET, SOCK_STREAM_CLOEXEC, 0) as number;
    const to = addresses[Math.trunc(Math.random() * addresses.length)];
    const start = process.hrtime.bigint();
    const result = connect(fd, to, 16) as number;
    times[i] = Number(process.hrtime.bigint() - start);
    if (result === 0) {
      const peer = accept(listener, null, null) as number;
      if (i === count - 1) getsockname(peer, local, size);
      setsockopt(fd, SOL_SOCKET, SO_LINGER, linger, 8);
      close(fd);
      close(peer);
    } else {
      failed++;
      close(fd);
    }
  }
  return { times, failed, landed: local.readUInt32BE(4) };
}

if (process.send && process.env["KMESH_BENCH_CONNECTOR"]) {
  const listener = openListener();
  const other = openListener(OTHER_PORT);
  process.on("message", (message: Round) => process.send!(round(message.targets[0]![1] === OTHER_PORT ? other : listener, message)));
  process.on("disconnect", () => process.exit(0));
  process.send("ready");
}
