import { InternalError } from "../../diag/index.ts";
import { loadSchema, type ProtoMessage } from "./schema.ts";

/** A part of gen/protos.json in protobufjs' JSON form: `protobuf.Root.fromJSON` takes it. */
export interface ProtoSubset {
  nested?: Record<string, ProtoSubset>;
  fields?: ProtoMessage["fields"];
  oneofs?: NonNullable<ProtoMessage["oneofs"]>;
  values?: Readonly<Record<string, number>>;
}

/**
 * The messages named (full names without leading dot) and all that their fields reach, messages and enums. For who encodes by protobufjs: a
 * few dozen types instead of six hundred. Throws InternalError for a name that the protos do not have.
 */
export function protoSubset(names: readonly string[]): ProtoSubset {
  const { messages, enums } = loadSchema();
  const tree: ProtoSubset = {};
  const seen = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const message = messages.get(name);
    const values = enums.get(name);
    if (!message && !values) throw new InternalError(`gen/protos.json has no ${name}`);
    Object.assign(place(tree, name), message ?? { values });
    for (const { type } of Object.values(message?.fields ?? {})) if (type.startsWith(".")) queue.push(type.slice(1));
  }
  return tree;
}

/** The number of a field. Throws InternalError for one that the protos do not have. */
export function protoFieldId(message: string, field: string): number {
  const found = loadSchema().messages.get(message)?.fields[field];
  if (!found) throw new InternalError(`gen/protos.json has no ${message}.${field}`);
  return found.id;
}

function place(tree: ProtoSubset, name: string): ProtoSubset {
  let node = tree;
  for (const part of name.split(".")) {
    node.nested ??= {};
    node.nested[part] ??= {};
    node = node.nested[part];
  }
  return node;
}
