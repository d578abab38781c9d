/** What the tests of stencils share: resources read one after the other, and each by itself. */
import * as assert from "uvu/assert";
import { Collector } from "../../diag/index.ts";
import { createDecoder, createEarlierVersions, decodeResource, newStencils, type XdsRawResource } from "../index.ts";
import { newJsonStencils } from "../json/stencils.ts";

function decodedBy(decode: typeof decodeResource, raw: XdsRawResource): unknown {
  const sink = new Collector({ everyNote: true });
  const resource = decode(raw, sink);
  const message = JSON.stringify(resource?.message, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return { message, told: sink.list() };
}

/** Decodes all by one decoder, and each by itself, which must give and tell the same. How many messages were put together. */
export function compare(raws: readonly XdsRawResource[]): number {
  const forms = newStencils();
  const jsonForms = newJsonStencils();
  const decode = createDecoder(createEarlierVersions(), forms, jsonForms);
  for (const raw of raws) {
    const text = Buffer.from(raw.bytes).toString(raw.form === "json" ? "utf8" : "hex");
    assert.equal(decodedBy(decode, raw), decodedBy(decodeResource, raw), text);
  }
  return [...forms.plans, ...jsonForms.plans].reduce((sum, plan) => sum + (plan?.hits ?? 0), 0);
}
