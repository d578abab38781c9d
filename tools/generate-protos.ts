/**
 * Writes compiler/decode/gen/protos.json (protobufjs JSON of every message that the reader can meet) and compiler/decode/gen/types.ts
 * (their shapes once decoded) from compiler/decode/protos/.
 *
 * protos.json keeps what decoding and checking need: fields, oneofs, maps, enums, services, and of the options only `(validate.rules)`,
 * `(validate.required)` and `deprecated`. Type names are absolute (`.envoy.type.v3.Percent`). The root's option `any_types`
 * lists the messages that are read where they stand inside an Any.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { packageRoot } from "../compiler/package-root.ts";
import { bundleOf, reachableFrom } from "./protos/bundle.ts";
import { anyTypes, protoFiles, resourceTypes, serviceTypes } from "./protos/roots.ts";
import { typesOf } from "./protos/types.ts";

const sources = join(packageRoot, "compiler/decode/protos");
const target = join(packageRoot, "compiler/decode/gen");

const root = new protobuf.Root();
root.resolvePath = (_origin, path) => (path.startsWith("google/protobuf/") ? path : join(sources, path));
root.loadSync([...protoFiles], { keepCase: true });
root.resolveAll();

const reached = reachableFrom(root, [...resourceTypes, ...anyTypes], serviceTypes);
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "protos.json"), `${JSON.stringify(bundleOf(root, reached, anyTypes))}\n`);
writeFileSync(join(target, "types.ts"), typesOf(reached, anyTypes));
