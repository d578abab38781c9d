import { createRequire } from "node:module";
import type { Ajv, ValidateFunction } from "ajv";
import { BUNDLE_FORMAT, MAX_CELL_SHIFT } from "./format.ts";

const int = (maximum = 0xffffffff) => ({ type: "integer", minimum: 0, maximum }) as const;
const sha256 = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const object = (properties: Record<string, unknown>, optional: readonly string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
/** Only names that can't lead out of the bundle's folder. */
const fileIn = (folder: string) => ({ type: "string", pattern: `^${folder}/[a-z0-9_][a-z0-9_.-]{0,63}$` });
const leaf = object({ verdict: int(255), reason: int(255), pad0: { const: 0 }, target: int() });

/** JSON Schema (draft-07) of manifest.json. */
const manifestSchema = object(
  {
    format: { const: BUNDLE_FORMAT },
    records: sha256,
    shape: sha256,
    header: object({
      svc4Mask: int(),
      svc4Seed: int(),
      virtual4: leaf,
      ports: { type: "array", minItems: 2, maxItems: 2, items: int() },
      flags: int(65535),
      cellShift: int(MAX_CELL_SHIFT),
      svc6Mask: int(),
      svc6Seed: int(),
      virtual6: leaf,
      clusters: int(),
      decide: object({ words: object({ first: int(), mask: int(), seed: int() }), virtualListener: int() }),
    }),
    tables: {
      type: "array",
      maxItems: 32,
      items: object({
        name: { type: "string", pattern: "^[a-z0-9_]{1,9}$" },
        recordSize: int(65536),
        count: int(),
        file: fileIn("tables"),
        sha256,
      }),
    },
    objects: {
      type: "array",
      maxItems: 32,
      items: object({
        name: { type: "string", pattern: "^[a-z0-9_]{1,32}$" },
        file: fileIn("objects"),
        sha256,
        compiler: { type: "string", pattern: "^[ -~]{1,64}$" },
        programs: {
          type: "array",
          maxItems: 32,
          items: object({
            name: { type: "string", pattern: "^[a-z0-9_]{1,15}$" },
            attach: { enum: ["connect4", "connect6", "getpeername4", "getpeername6", "sock_release"] },
          }),
        },
      }),
    },
    sources: { type: "array", maxItems: 256, items: object({ file: fileIn("sources"), sha256 }) },
    model: object({ file: { const: "model.json" }, sha256 }),
    names: object({ file: { const: "names.json" }, sha256 }),
    diagnostics: object({ file: { const: "diagnostics.json" }, sha256 }),
    decide: object({ file: { const: "objects/decide.wasm" }, sha256 }),
    digest: sha256,
  },
  ["decide", "model"],
);

const nameList = { type: "array", items: object({ name: { type: "string" }, path: { type: "string" } }) };

const namesSchema = object({
  listeners: nameList,
  chains: nameList,
  routeConfigs: nameList,
  vhosts: nameList,
  routes: nameList,
  clusters: nameList,
  entries: { type: "array", items: { type: "string" } },
  reasons: { type: "array", items: { type: "string" } },
});

const diagnosticsSchema = {
  type: "array",
  items: object(
    {
      code: { type: "string", pattern: "^KM[0-9]{4}$" },
      severity: { enum: ["error", "punt", "note"] },
      path: { type: "string" },
      message: { type: "string" },
      hint: { type: "string" },
      count: int(),
    },
    ["hint", "count"],
  ),
};

/** The model is checked as far as its lists: what reads it came from the same compiler, which the hash assures. */
const modelSchema = {
  type: "object",
  properties: { listeners: { type: "array" }, routeConfigs: { type: "array" }, clusters: { type: "array" } },
  required: ["listeners", "routeConfigs", "clusters"],
};

const schemas = { manifest: manifestSchema, names: namesSchema, diagnostics: diagnosticsSchema, model: modelSchema };
const validators = new Map<keyof typeof schemas, ValidateFunction>();
let ajv: Ajv | undefined;

/** Loaded when a bundle is read: it takes longer to load than most commands run. */
function newAjv(): Ajv {
  const module = createRequire(import.meta.url)("ajv") as typeof import("ajv");
  return new module.Ajv({ allErrors: false });
}

/** Undefined when `value` has the form; else where it has not, in words. */
export function formError(kind: keyof typeof schemas, value: unknown): string | undefined {
  let validate = validators.get(kind);
  if (!validate) {
    ajv ??= newAjv();
    validate = ajv.compile(schemas[kind]);
    validators.set(kind, validate);
  }
  if (validate(value)) return undefined;
  const error = validate.errors![0]!;
  return `${error.instancePath || "the whole"} ${error.message ?? "is wrong"}`;
}
