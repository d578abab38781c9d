/** Resources that cross to another thread side by side arrive as they were. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packEarly, unpackEarly } from "../early.ts";

const early = suite("early");

early("whatever their sizes, in their order, in parcels of about a mebibyte", () => {
  const sizes = [0, 1, 3_000_000, 5, 700_000, 700_000, 0, 17];
  const sent = sizes.map((size, number) => {
    return { number, resource: { kind: "cluster", name: `c${number}`, form: "protobuf", bytes: Buffer.alloc(size, number) } as const };
  });
  const parcels = [...packEarly(sent)];
  assert.is(parcels.length, 3);
  const arrived = parcels.map((parcel) => structuredClone(parcel, { transfer: [parcel.bytes] })).flatMap(unpackEarly);
  assert.equal(
    arrived.map(({ number, resource }) => ({ number, resource: { ...resource, bytes: Buffer.from(resource.bytes) } })),
    sent,
  );
  assert.equal([...packEarly([])], []);
});

early.run();
