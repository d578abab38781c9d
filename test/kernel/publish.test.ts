/**
 * Publishing under load: programs read without pause while cells and generations are published, and never see a torn run or tables of two
 * generations. A writer that changes the same records in place is the control: its readers do.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { CELL_TAG, cellsIn, cellWord, inOnePiece, runRecordSize } from "../../compiler/bundle/format.ts";
import { arrayPin, openSession, servingSet } from "../../runtime/apply/index.ts";
import { CELL_SIZE, cellAt, placeOfCell, valueSizeOf } from "../../runtime/plan/index.ts";
import { kernel, kernelSuite, tell, withBpfFolder, withCgroup } from "./harness.ts";
import { CLUSTERS, MOST, proofBundle, proofNumbers, proofObject, STAMPS, stamped, stampedRun, writeStamps } from "./proof.ts";

const publish = kernelSuite("publish under load");

const RUNS = 10_000_000;
const CELLS = 10_000;
const GENERATIONS = 1000;
/** Seconds after which the suite gives up. */
const LIMIT = 120;

type Numbers = Record<(typeof proofNumbers)[number], number>;

interface Reading {
  numbers(): Numbers;
}

/** Applies the first stamped generation, starts a reader, and hands both to `write`; the numbers are those at the end. */
function underLoad(
  write: (world: { readonly pins: string; readonly object: Uint8Array; readonly cgroup: string } & Reading) => Promise<void>,
): Promise<void> {
  return withBpfFolder((bpf) =>
    withCgroup(async (cgroup) =>
      write({ pins: join(bpf, "kmesh"), cgroup, object: await proofObject(), numbers: () => read(join(bpf, "kmesh")) }),
    ),
  );
}

function read(pins: string): Numbers {
  const fd = kernel().openPin(join(servingSet(kernel(), pins).path, "km_proof"));
  const numbers = Object.fromEntries(proofNumbers.map((name, index) => [name, Number(kernel().sumPerCpu(fd, index)[0])])) as Numbers;
  kernel().close(fd);
  return numbers;
}

async function reader(object: Uint8Array, pins: string): Promise<() => Promise<void>> {
  const child = fork("test/kernel/proof-reader.ts", { execArgv: ["--import", "tsx"], serialization: "advanced" });
  child.send({ object, pins });
  await once(child, "message");
  return async () => {
    child.send("stop");
    await once(child, "exit");
  };
}

publish("cells and generations: nothing torn, nothing mixed", () =>
  underLoad(async ({ pins, cgroup, object, numbers }) => {
    const bundle = await proofBundle(object);
    assert.ok(bundle.manifest.header.cellShift > 0, "runs beside their cells, and some that are too long");
    const session = openSession(kernel(), pins);
    await session.apply(stamped(bundle, 1), cgroup);
    const stop = await reader(object, pins);
    let cells = 0;
    let generations = 0;
    const start = performance.now();
    try {
      for (let stamp = 2; generations < GENERATIONS || cells < CELLS || numbers().runs < RUNS; stamp++) {
        const report = await session.apply(stamped(bundle, stamp % STAMPS));
        assert.is(report.kind, "generation");
        generations++;
        const tags = new Map<number, number>();
        for (let i = 0; i < 12; i++) {
          const cluster = (stamp * 7 + i * 13) % CLUSTERS;
          const tag = ((tags.get(cluster) ?? 0) + 1) & CELL_TAG;
          tags.set(cluster, tag);
          const form = (["compact", "uniform"] as const)[(stamp + i) % 2]!;
          const run = stampedRun(form, 1 + ((stamp + i) % MOST), tag, stamp % STAMPS);
          const { kind } = await session.applyRun({ cluster, ...run });
          assert.is(kind, "cell");
          cells++;
        }
        assert.ok(
          performance.now() - start < LIMIT * 1000,
          `only ${generations} generations, ${cells} cells, ${numbers().runs} runs in ${LIMIT} s`,
        );
      }
    } finally {
      await stop();
    }
    const seconds = (performance.now() - start) / 1000;
    await session.settle();
    session.close();
    const { runs, torn, mixed, missing } = numbers();
    tell(
      "MEASURED",
      `publishing: ${runs} program runs over ${cells} cell changes and ${generations} generations in ${seconds.toFixed(1)} s: ${torn} torn, ${mixed} mixed, ${missing} missing`,
    );
    assert.equal({ torn, mixed, missing }, { torn: 0, mixed: 0, missing: 0 });
  }),
);

publish("control: the same changes in place are seen half done", () =>
  underLoad(async ({ pins, cgroup, object, numbers }) => {
    const bundle = await proofBundle(object);
    const session = openSession(kernel(), pins);
    await session.apply(stamped(bundle, 1), cgroup);
    const stop = await reader(object, pins);
    const running = (table: string) => {
      const set = servingSet(kernel(), pins).path;
      const pool = kernel().openPin(join(set, `km_p_${table}`));
      const inner = kernel().openPin(arrayPin(set, kernel().innerAt(pool, 0)!));
      const mapping = kernel().map(inner, kernel().mapInfo(inner).maxEntries * valueSizeOf(table));
      kernel().close(inner);
      kernel().close(pool);
      return mapping;
    };
    const cells = running("cell");
    const endpoints = running("endpoint");
    const svc4 = running("svc4");
    const original = inOnePiece(bundle.tables.get("cell")!);
    const places = cellsIn(bundle.manifest.header);
    let changes = 0;
    const start = performance.now();
    try {
      for (let round = 1; numbers().torn === 0 || numbers().mixed === 0 || performance.now() - start < 2000; round++) {
        for (let cluster = 0; cluster < CLUSTERS; cluster++, changes++) {
          const { first, count, form } = cellAt(original, places, cluster);
          const tag = round & CELL_TAG;
          const runs = form === "compact" ? cells : endpoints;
          writeStamps(runs.bytes.subarray(first * runRecordSize[form]), form, count, tag, 1);
          cells.store(placeOfCell(places, cluster) * CELL_SIZE, cellWord(first, count, form, tag));
        }
        // A generation in place: one table after the other.
        svc4.bytes.set(stamped(bundle, 1 + (round % 2)).tables.get("svc4")![0]!);
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok(performance.now() - start < LIMIT * 1000, "the control does not tear");
      }
    } finally {
      await stop();
    }
    for (const mapping of [cells, endpoints, svc4]) mapping.unmap();
    session.close();
    const { runs, torn, mixed } = numbers();
    tell("MEASURED", `control, in place: ${runs} program runs over ${changes} changes: ${torn} torn, ${mixed} mixed`);
    assert.ok(torn > 0 && mixed > 0);
  }),
);

publish.run();
