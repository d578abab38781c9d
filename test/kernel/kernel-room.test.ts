/** runtime/kernel against the real kernel: each call once, and the errors that users meet. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as assert from "uvu/assert";
import { flags } from "../../compiler/bundle/format.ts";
import { callError } from "../../runtime/kernel/error.ts";
import { KernelError, type LoadedObject } from "../../runtime/kernel/index.ts";
import { unlessInterrupted } from "../../runtime/kernel/interrupted.ts";
import { valueSizeOf } from "../../runtime/plan/index.ts";
import { compileProgram, kernel, kernelSuite, withBpfFolder, withCgroup, withTempFolder } from "./harness.ts";
import { meshPacked } from "./mesh.ts";

const room = kernelSuite("kernel room");

async function load(slot: number, reuse: ReadonlyMap<string, number> = new Map()): Promise<LoadedObject> {
  const immediates = new Map([[flags.KM_SHAPE_MARK, slot]]);
  return kernel().load(await compileProgram("room.bpf.c"), { constants: { km_constant: 7 }, immediates, reuse });
}

/** What it gives, or the KernelError that it throws. */
function attempted(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof KernelError) return error;
    throw error;
  }
}

function refusal(action: () => unknown): KernelError {
  const error = attempted(action);
  if (error instanceof KernelError) return error;
  throw new Error("no error");
}

room("loads programs, sets constants and immediates, counts instructions", async () => {
  const object = await load(5);
  const program = object.programs.get("km_room_tc")!;
  assert.ok(program.processed > 5);
  const run = kernel().testRun(program.fd, { repeat: 1, input: new Uint8Array(64), inputIs: "packet" });
  assert.is(run.result, 75);
  assert.ok(object.maps.has("km_root") && ![...object.maps.keys()].some((name) => name.includes(".")));
  object.close();
});

room("refuses a constant or a mark that is not there", async () => {
  const elf = await compileProgram("room.bpf.c");
  const immediates = new Map([[0x1234_5678, 1]]);
  assert.match(refusal(() => kernel().load(elf, { constants: {}, immediates, reuse: new Map() })).message, /mark 0x12345678/);
  assert.match(refusal(() => kernel().load(elf, { constants: { nope: 1 }, reuse: new Map() })).message, /constant nope/);
});

room("says what the verifier said", async () => {
  const elf = await compileProgram("refused.bpf.c");
  const error = refusal(() => kernel().load(elf, { constants: {}, reuse: new Map() }));
  assert.is(error.kind, "verifier");
  assert.match(error.message, /km_refused/);
  // In its words, which Linux 7.3 chooses otherwise.
  assert.match(error.message, /map_value_or_null|nullable map value/);
});

room("a program is verified to its end while signals come without pause", async () => {
  // Verified for some milliseconds; libbpf alone gives up after five attempts.
  const { bundle } = await meshPacked({ clusters: { a: ["127.0.0.1:7001"] }, services: { "10.0.0.1:80": "a" } });
  const elf = bundle.objects.get("connect")!;
  const immediates = new Map([[flags.KM_SHAPE_MARK, 0]]);
  const ignore = (): void => undefined;
  process.on("SIGURG", ignore);
  const storm = new Worker("for (;;) process.kill(process.pid, 'SIGURG');", { eval: true });
  try {
    await once(storm, "online");
    for (let i = 0; i < 20; i++) kernel().load(elf, { constants: {}, immediates, reuse: new Map() }).close();
  } finally {
    await storm.terminate();
    process.off("SIGURG", ignore);
  }
});

room("an interrupted load is made again, five times at most, and is no verdict", () => {
  const interrupted = callError("bpf_object__load", "km_connect4", constants.errno.EAGAIN);
  assert.is(interrupted.kind, "call");
  const failing = (times: number, error: KernelError): { readonly made: number; readonly result: unknown } => {
    let made = 0;
    const result = attempted(() =>
      unlessInterrupted(() => {
        if (++made <= times) throw error;
        return "loaded";
      }),
    );
    return { made, result };
  };
  assert.equal(failing(4, interrupted), { made: 5, result: "loaded" });
  assert.equal(failing(9, interrupted), { made: 5, result: interrupted });
  const refused = new KernelError("verifier", "refused", constants.errno.EACCES);
  assert.equal(failing(1, refused), { made: 1, result: refused });
});

room("refuses bytes that are no object", () => {
  for (const length of [0, 10, 10_000])
    assert.instance(
      refusal(() => kernel().load(new Uint8Array(length), { constants: {}, reuse: new Map() })),
      KernelError,
    );
});

room("puts arrays of any size into a pool and shows programs what is written to their memory", async () => {
  const valueSize = valueSizeOf("cell");
  const object = await load(0);
  const pool = object.maps.get("km_p_cell")!;
  assert.is(kernel().innerAt(pool, 0), undefined);
  const first = kernel().createInner("cell_a", valueSize, 3);
  await kernel().setSlot(pool, 0, first);
  const mapping = kernel().map(first, 3 * valueSize);
  mapping.store(0, 0x1234_5678_9abc_def0n);
  kernel().testRun(object.programs.get("km_room_tc")!.fd, { repeat: 1, input: new Uint8Array(64), inputIs: "packet" });
  assert.is(seen(object), 0x1234_5678_9abc_def0n);
  assert.is(kernel().innerAt(pool, 0), kernel().mapInfo(first).id);
  const larger = kernel().createInner("cell_b", valueSize, 1000);
  await Promise.all([kernel().setSlot(pool, 0, larger), kernel().setSlot(pool, 1, first)]);
  assert.is(kernel().mapInfo(larger).maxEntries, 1000);
  assert.ok(kernel().mapInfo(larger).bytes >= 1000 * valueSize);
  await kernel().clearSlot(pool, 1);
  await kernel().clearSlot(pool, 1);
  assert.is(kernel().innerAt(pool, 1), undefined);
  mapping.unmap();
  for (const fd of [first, larger]) kernel().close(fd);
  object.close();
});

function seen(object: LoadedObject): bigint {
  return Buffer.from(kernel().lookup(object.maps.get("km_seen")!, 0, 8)).readBigUInt64LE();
}

room("refuses an array of another record size in a pool", async () => {
  const object = await load(0);
  const wrong = kernel().createInner("wrong", 16, 4);
  let error: unknown;
  await kernel()
    .setSlot(object.maps.get("km_p_cell")!, 0, wrong)
    .catch((e: unknown) => {
      error = e;
    });
  assert.instance(error, KernelError);
  kernel().close(wrong);
  object.close();
});

room("pins, reopens and reuses maps; attaches, swaps and detaches links", () =>
  withBpfFolder((bpf) =>
    withCgroup(async (folder) => {
      const pins = join(bpf, "a/b");
      kernel().makePinFolder(pins, false);
      const object = await load(1);
      kernel().pin(object.maps.get("km_seen")!, join(pins, "km_seen"));
      const cgroup = kernel().openCgroup(folder);
      const link = kernel().attach(object.programs.get("km_room4")!.fd, cgroup, "connect4");
      kernel().pin(link, join(pins, "link"));
      assert.equal(kernel().listPins(pins), ["km_seen", "link"]);

      const next = await load(2, new Map([["km_seen", kernel().openPin(join(pins, "km_seen"))]]));
      assert.is(kernel().mapInfo(next.maps.get("km_seen")!).id, kernel().mapInfo(object.maps.get("km_seen")!).id);
      const before = kernel().linkInfo(link);
      kernel().updateLink(link, next.programs.get("km_room4")!.fd);
      const after = kernel().linkInfo(kernel().openPin(join(pins, "link")));
      assert.is(after.id, before.id);
      assert.is(after.programId, kernel().programInfo(next.programs.get("km_room4")!.fd).id);
      assert.is.not(after.programId, before.programId);

      for (const name of kernel().listPins(pins)) kernel().unpin(join(pins, name));
      kernel().removePinFolder(pins);
      assert.not.ok(existsSync(pins));
      kernel().close(cgroup);
      object.close();
      next.close();
    }),
  ),
);

room("knows a pin's kind, and puts one in the place of another", () =>
  withBpfFolder((bpf) =>
    withCgroup(async (folder) => {
      const object = await load(1);
      const program = object.programs.get("km_room4")!.fd;
      const cgroup = kernel().openCgroup(folder);
      const link = kernel().attach(program, cgroup, "connect4");
      const kinds = [object.maps.get("km_seen")!, program, link, cgroup].map((fd) => kernel().kindOf(fd));
      assert.equal(kinds, ["map", "program", "link", undefined]);
      kernel().pin(object.maps.get("km_seen")!, join(bpf, "old"));
      kernel().pin(link, join(bpf, "new"));
      kernel().replacePin(join(bpf, "new"), join(bpf, "old"));
      // A kernel with preloaded iterators puts `maps.debug` and `progs.debug` into every new BPF file system.
      const pins = kernel()
        .listPins(bpf)
        .filter((name) => !name.endsWith(".debug"));
      assert.equal(pins, ["old"]);
      const reopened = kernel().openPin(join(bpf, "old"));
      assert.is(kernel().linkInfo(reopened).id, kernel().linkInfo(link).id);
      assert.throws(() => kernel().replacePin(join(bpf, "none"), join(bpf, "old")));
      for (const fd of [reopened, link, cgroup]) kernel().close(fd);
      object.close();
    }),
  ),
);

room("uses an offered map where it is what the object declares, and a new one where it is not", async () => {
  const first = await load(0);
  const idOf = (object: LoadedObject, name: string): number => kernel().mapInfo(object.maps.get(name)!).id;
  const offer = new Map([
    ["km_seen", first.maps.get("km_seen")!],
    ["km_cpu", kernel().createBlob("km_cpu", new Uint8Array(8))],
  ]);
  const second = kernel().load(await compileProgram("room.bpf.c"), { constants: { km_constant: 7 }, reuse: new Map(), offer });
  assert.is(idOf(second, "km_seen"), idOf(first, "km_seen"));
  assert.is.not(idOf(second, "km_cpu"), kernel().mapInfo(offer.get("km_cpu")!).id);
  assert.is.not(idOf(second, "km_root"), idOf(first, "km_root"));
  kernel().close(offer.get("km_cpu")!);
  first.close();
  second.close();
});

room("sets and clears program slots", async () => {
  const object = await load(0);
  const array = object.maps.get("km_prog4")!;
  const { fd } = object.programs.get("km_room4")!;
  assert.is(kernel().programAt(array, 2), undefined);
  kernel().setProgram(array, 2, fd);
  assert.is(kernel().programAt(array, 2), kernel().programInfo(fd).id);
  kernel().setProgram(array, 2, undefined);
  kernel().setProgram(array, 2, undefined);
  assert.is(kernel().programAt(array, 2), undefined);
  object.close();
});

room("waits for a grace period, counts runs, locks a folder", () =>
  withBpfFolder(async (bpf) => {
    await kernel().gracePeriod();
    const stats = kernel().enableStats();
    const object = await load(0);
    const { fd } = object.programs.get("km_room_tc")!;
    kernel().testRun(fd, { repeat: 50, input: new Uint8Array(64), inputIs: "packet" });
    assert.is(kernel().programInfo(fd).runCount, 50n);
    assert.ok(kernel().programInfo(fd).runTime > 0n);
    kernel().close(stats);
    const held = kernel().lock(bpf);
    assert.is(refusal(() => kernel().lock(bpf)).kind, "busy");
    kernel().close(held);
    kernel().close(kernel().lock(bpf));
    object.close();
  }),
);

room("names the remedy for folders that can't be used", () =>
  withTempFolder((folder) => {
    const noBpf = refusal(() => kernel().makePinFolder(join(folder, "x/y"), false));
    assert.is(noBpf.kind, "pinFolder");
    assert.match(noBpf.hint!, /mount -t bpf/);
    assert.not.ok(existsSync(join(folder, "x")));
    assert.is(refusal(() => kernel().openCgroup(folder)).kind, "cgroup");
    assert.is(refusal(() => kernel().openCgroup(join(folder, "nope"))).kind, "cgroup");
    assert.equal(kernel().listPins(join(folder, "nope")), []);
  }),
);

room.run();
