import { closeSync } from "node:fs";
import { check } from "./error.ts";
import { decodeTestRunResult, encodeTestRunOptions, INSTRUCTION_SIZE } from "./layouts.ts";
import { allocate, library } from "./library.ts";

/** BPF_PROG_TYPE_RAW_TRACEPOINT: a test run of it (Linux 5.10) runs in the process that asks. */
const RAW_TRACEPOINT = 17;

/**
 * r6 = the context's first word; r0 = bpf_get_current_cgroup_id(); r0 >>= r6. A run answers 32 bits, so that it takes two.
 * BPF_LDX|MEM|DW r6 r1, BPF_CALL 80, BPF_ALU64|RSH|X r0 r6, BPF_EXIT.
 */
const instructions = Buffer.from("7916000000000000 8500000050000000 7f60000000000000 9500000000000000".replaceAll(" ", ""), "hex");

/**
 * Id of the cgroup that this process is in, as bpf_get_current_cgroup_id() tells programs. Asked by a program: in a container neither
 * /proc nor the cgroup file system tell, as its cgroup namespace hides the path, and the folder may not be mounted.
 */
export function ownCgroup(): bigint {
  const program = check(
    "bpf_prog_load",
    "km_own_cgroup",
    library().programLoad(RAW_TRACEPOINT, "km_own_cgroup", "Dual BSD/GPL", instructions, instructions.length / INSTRUCTION_SIZE, null),
  );
  const shift = allocate(8);
  try {
    const half = (bits: number): bigint => {
      shift.bytes[0] = bits;
      const options = encodeTestRunOptions({ packet: undefined, context: { address: shift.address, length: 8 }, repeat: 0 });
      check("bpf_prog_test_run_opts", "km_own_cgroup", library().testRun(program, options));
      return BigInt(decodeTestRunResult(options).result);
    };
    return (half(32) << 32n) | half(0);
  } finally {
    shift.free();
    closeSync(program);
  }
}
