/** The address that was asked for (bpf/lib/km_original.h): when two living sockets want one place, for reused sockets, for mapped addresses. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { openSession, servingSet, withPin } from "../../runtime/apply/index.ts";
import { readStatus } from "../../runtime/status/index.ts";
import { kernel, kernelSuite, withBpfFolder, withCgroup, withNamespace } from "./harness.ts";
import { meshBundle } from "./mesh.ts";

const test = kernelSuite("original address");

/** Python: Node tells no socket cookie, and can't connect a socket twice. One JSON line out. */
const script = `
import json, os, socket, struct, sys
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
SO_COOKIE = 57
PLACES = 65536
def cookie(s): return struct.unpack("Q", s.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]
def peer(s): return "%s %d" % s.getpeername()[:2]
def tcp(family=socket.AF_INET): return socket.socket(family)
def to(ip, family=socket.AF_INET):
    s = tcp(family); s.connect((ip, 80)); return s
server = socket.create_server(("::", 7001), family=socket.AF_INET6, dualstack_ipv6=True, backlog=200)
out = {}
first = to("10.0.0.1")
rivals = []
while len(rivals) < 3:
    s = tcp()
    if cookie(s) % PLACES == cookie(first) % PLACES: rivals.append(s)
    else: s.close()
for s in rivals: s.connect(("10.0.0.1", 80))
out["rivals"] = [peer(s) for s in rivals]
out["first"] = peer(first)
first.close()
out["rivals after first closed"] = [peer(s) for s in rivals]
for s in rivals: s.close()
s = to("10.0.0.1"); out["reuse managed"] = peer(s)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
unspec = struct.pack("H14x", socket.AF_UNSPEC)
assert libc.connect(s.fileno(), unspec, 16) == 0
s.connect(("127.0.0.2", 7001)); out["reuse unmanaged"] = peer(s)
out["mapped"] = peer(to("::ffff:10.0.0.1", socket.AF_INET6))
out["six"] = peer(to("fd00:1::1", socket.AF_INET6))
def error(ip):
    try: to(ip); return "connected"
    except OSError as e: return e.strerror
out["empty"] = error("10.0.0.2")
print(json.dumps(out))
`;

const PLACES = 65_536;
const PLACE_SIZE = 40;

/** Places that a socket holds or has spilled from: their first word. */
function heldPlaces(set: string): readonly number[] {
  return withPin(kernel(), `${set}/km_original_p`, (fd) =>
    Array.from({ length: PLACES }, (_, index) => index).filter((index) => kernel().lookup(fd, index, PLACE_SIZE).slice(0, 8).some(Boolean)),
  );
}

test("getpeername answers what was asked for, whatever else wants the place", () =>
  withBpfFolder((bpf) =>
    withCgroup((cgroup) =>
      withNamespace(["addr add fd00::1/128 dev lo"], async (namespace) => {
        const pins = `${bpf}/kmesh`;
        const session = openSession(kernel(), pins);
        try {
          const bundle = await meshBundle({
            clusters: { four: ["127.0.0.1:7001"], six: ["[fd00::1]:7001"], none: [] },
            services: { "10.0.0.1:80": "four", "10.0.0.2:80": "none", "[fd00:1::1]:80": "six" },
          });
          await session.apply(bundle, cgroup);
          const { stdout } = await promisify(execFile)("nsenter", [`--net=/run/netns/${namespace}`, "python3", "-c", script, cgroup]);
          assert.equal(JSON.parse(stdout), {
            rivals: ["10.0.0.1 80", "10.0.0.1 80", "10.0.0.1 80"],
            first: "10.0.0.1 80",
            "rivals after first closed": ["10.0.0.1 80", "10.0.0.1 80", "10.0.0.1 80"],
            "reuse managed": "10.0.0.1 80",
            "reuse unmanaged": "127.0.0.2 7001",
            mapped: "::ffff:10.0.0.1 80",
            six: "fd00:1::1 80",
            empty: "Operation not permitted",
          });
          const { counters } = readStatus(kernel(), pins);
          assert.equal(counters, { unmanaged: 1, forwarded: 7, no_endpoint: 1 });
          assert.equal(heldPlaces(servingSet(kernel(), pins).path), [], "all sockets are closed");
        } finally {
          session.close();
        }
      }),
    ),
  ));

test.run();
