import * as assert from "uvu/assert";
import { type Image, newImage, recordTypes, type TableName, verdicts, viewOf } from "../../layout/index.ts";
import { type BundleParts, type HeaderScalars, sha256 } from "../index.ts";

/** Of a small bundle. */
export function parts(more: Partial<BundleParts> = {}): BundleParts {
  const sink = { add: () => assert.unreachable(), note: () => undefined };
  const image = (table: TableName, count: number): Image => newImage(table, count, sink)!;
  const svc4 = image("svc4", 1);
  const slot = { ip: 0x0a000001, port: 80, verdict: verdicts.DIRECT, reason: 2, target: 0, listener: 0 };
  recordTypes.Svc4Slot.write(viewOf(svc4), 0, slot);
  const cell = image("cell", 1);
  const endpoint = image("endpoint", 1);
  recordTypes.Cell.write(viewOf(cell), 0, { run: (1n << 16n) | 0x8000n });
  const split = image("split", 2);
  for (const at of [0, 16]) recordTypes.Split.write(viewOf(split), at, { upto: 1, verdict: 2, reason: 2, count: 2, target: 0, entry: 0 });
  const images = new Map<TableName, Image>([svc4, image("svc6", 1), cell, endpoint, split].map((i) => [i.table, i]));
  const header = recordTypes.Header.read(new DataView(new ArrayBuffer(recordTypes.Header.size)), 0);
  const { generation: _g, shapeSlot: _s, slot: _l, count: _c, ...scalars } = header;
  return {
    shape: sha256("shape"),
    header: { ...scalars, ports: [1 << (80 & 31), 0], clusters: 1 } satisfies HeaderScalars,
    images,
    sources: new Map([["connect.bpf.c", "int x;\n"]]),
    objects: [
      {
        name: "connect",
        bytes: new Uint8Array([1, 2, 3]),
        compiler: "clang 20.1.3",
        programs: [{ name: "km_connect4", attach: "connect4" }],
      },
    ],
    decide: new Uint8Array([4, 5]),
    model: { listeners: [], routeConfigs: [], clusters: [] },
    names: { listeners: [], chains: [], routeConfigs: [], vhosts: [], routes: [], clusters: [], entries: [], reasons: [] },
    diagnostics: [{ code: "KM1001", severity: "note", path: "x", message: "y" }],
    ...more,
  };
}
