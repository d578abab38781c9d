/** Offsets as include/uapi/linux/bpf.h and libbpf 1.x bpf.h have them, written down a second time, byte by byte. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { callError, errnoName } from "../error.ts";
import {
  decodeDataSection,
  decodeLinkInfo,
  decodeMapInfo,
  decodeProgramInfo,
  decodeTestRunResult,
  encodeMapCreateOptions,
  encodeTestRunOptions,
} from "../layouts.ts";
import { processedOf } from "../object.ts";

const layouts = suite("kernel layouts");

const hex = (bytes: Buffer): string => bytes.toString("hex");
const zeros = (n: number): string => "00".repeat(n);

layouts("bpf_map_create_opts", () => {
  const bytes = encodeMapCreateOptions({ flags: 0x1400, btfFd: 7, btfKeyType: 1, btfValueType: 2 });
  assert.is(hex(bytes), `30${zeros(7)}07000000010000000200000000000000${zeros(4)}00140000${zeros(16)}`);
});

layouts("bpf_test_run_opts", () => {
  const packet = encodeTestRunOptions({ packet: { address: 0x1122334455667788n, length: 64 }, context: undefined, repeat: 1000 });
  assert.is(hex(packet), `50${zeros(7)}8877665544332211${zeros(8)}40000000${zeros(4)}${zeros(28)}e8030000${zeros(16)}`);
  const context = encodeTestRunOptions({ packet: undefined, context: { address: 1n, length: 8 }, repeat: 0 });
  assert.is(context.readBigUInt64LE(32), 1n);
  assert.is(context.readUInt32LE(48), 8);
  context.writeUInt32LE(3, 56);
  context.writeUInt32LE(99, 64);
  assert.equal(decodeTestRunResult(context), { result: 3, nanoseconds: 99 });
});

layouts("infos", () => {
  const map = Buffer.alloc(88);
  [2, 77, 4, 24, 1000, 0x1400].forEach((value, i) => {
    map.writeUInt32LE(value, i * 4);
  });
  map.write("exactly_15_char", 24);
  assert.equal(decodeMapInfo(map), {
    type: 2,
    id: 77,
    keySize: 4,
    valueSize: 24,
    maxEntries: 1000,
    flags: 0x1400,
    name: "exactly_15_char",
  });
  const program = Buffer.alloc(208);
  program.writeUInt32LE(9, 4);
  program.writeUInt32LE(512, 16);
  program.write("km_connect4", 64);
  program.writeBigUInt64LE(1n << 40n, 192);
  program.writeBigUInt64LE(6n, 200);
  assert.equal(decodeProgramInfo(program), { id: 9, jitedBytes: 512, name: "km_connect4", runTime: 1n << 40n, runCount: 6n });
  const link = Buffer.alloc(32);
  link.writeUInt32LE(3, 4);
  link.writeUInt32LE(9, 8);
  link.writeBigUInt64LE(4321n, 16);
  assert.equal(decodeLinkInfo(link), { id: 3, programId: 9, cgroupId: 4321n });
});

layouts("data sections", () => {
  const words = [0, (15 << 24) | 2, 8, 11, 0, 4, 12, 4, 4];
  const type = Buffer.from(new Uint32Array(words).buffer);
  assert.equal(decodeDataSection(type), [
    { variableType: 11, offset: 0, size: 4 },
    { variableType: 12, offset: 4, size: 4 },
  ]);
});

layouts("the verifier's count", () => {
  assert.is(processedOf("stack depth 8\nprocessed 71 insns (limit 1000000) max_states_per_insn 1\n"), 71);
  assert.is(processedOf(""), 0);
});

layouts("errors name cause and remedy", () => {
  assert.is(errnoName(1), "EPERM");
  assert.is(errnoName(524), "ENOTSUPP");
  assert.is(errnoName(4000), "errno 4000");
  const kinds = [1, 13, 12, 7, 38, 95, 524, 22].map((errno) => callError("call", "what", errno));
  assert.equal(
    kinds.map((e) => e.kind),
    ["rights", "rights", "memory", "memory", "feature", "feature", "feature", "call"],
  );
  assert.ok(kinds.slice(0, 7).every((e) => e.hint));
  assert.is(kinds[0]!.message, "call (what) failed: EPERM");
  assert.is(kinds[0]!.code, "KM6101");
});

layouts("a refused call names the seccomp profile where there is one", () => {
  const hint = (errno: number, seccomp: number): string =>
    callError("bpf_prog_load", "p", errno, () => `Name:\tnode\nSeccomp:\t${seccomp}\n`).hint!;
  for (const errno of [1, 38]) {
    assert.match(hint(errno, 2), /; or a seccomp profile refuses it, .*docs\/daemon\.md/);
    assert.not.match(hint(errno, 0), /seccomp/);
  }
  assert.match(callError("mount", "/x", 1, () => "Seccomp:\t2\n").hint!, /CAP_SYS_ADMIN, or mount it before/);
});

layouts("a pin folder that was removed under a daemon has a remedy", () => {
  assert.match(callError("bpf_obj_pin", "/sys/fs/bpf/kmesh/x", 2).hint!, /start the daemon again/);
  assert.is(callError("bpf_obj_get", "/sys/fs/bpf/kmesh/x", 2).hint, undefined);
});

layouts("where no file can be opened any more, nothing is read to say so", () => {
  const error = callError("bpf_map_create", "m", 24, () => assert.unreachable() as never);
  assert.match(`${error.message}: ${error.hint}`, /EMFILE: raise the limit of open files/);
});

layouts.run();
