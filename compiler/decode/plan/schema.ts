import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InternalError } from "../../diag/index.ts";
import { codeRoot } from "../../package-root.ts";

/** One field as gen/protos.json has it; `type` is a scalar's name or an absolute one (`.envoy.type.v3.Percent`). */
export interface ProtoField {
  readonly rule?: "repeated";
  readonly keyType?: string;
  readonly type: string;
  readonly id: number;
  readonly options?: {
    readonly "(validate.rules)"?: ProtoRules;
    readonly proto3_optional?: boolean;
  };
}

/** The option `(validate.rules)` of protoc-gen-validate as written: `{ string: { min_len: 1 } }`. */
export type ProtoRules = Readonly<Record<string, RuleValues>>;
export type RuleValues = { readonly [rule: string]: RuleValue };
export type RuleValue = boolean | number | string | readonly (number | string)[] | RuleValues;

export interface ProtoMessage {
  readonly fields: Readonly<Record<string, ProtoField>>;
  readonly oneofs?: Readonly<
    Record<string, { readonly oneof: readonly string[]; readonly options?: { readonly "(validate.required)"?: boolean } }>
  >;
}

export interface Schema {
  /** By full name without leading dot. */
  readonly messages: ReadonlyMap<string, ProtoMessage>;
  /** Value names and numbers by the enum's full name. */
  readonly enums: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Messages that are read inside an Any. */
  readonly anyTypes: ReadonlySet<string>;
}

interface Node {
  readonly nested?: Readonly<Record<string, Node>>;
  readonly fields?: ProtoMessage["fields"];
  readonly oneofs?: NonNullable<ProtoMessage["oneofs"]>;
  readonly values?: Readonly<Record<string, number>>;
}

let loaded: Schema | undefined;

/** gen/protos.json, read at the first call. */
export function loadSchema(): Schema {
  loaded ??= readSchema();
  return loaded;
}

function readSchema(): Schema {
  const tree = JSON.parse(readFileSync(join(codeRoot, "compiler/decode/gen/protos.json"), "utf8")) as Node & {
    readonly options?: { readonly any_types?: readonly string[] };
  };
  if (!tree.options?.any_types) throw new InternalError("gen/protos.json lists no any_types");
  const messages = new Map<string, ProtoMessage>();
  const enums = new Map<string, Readonly<Record<string, number>>>();
  const visit = (node: Node, name: string): void => {
    if (node.values) enums.set(name, node.values);
    if (node.fields) messages.set(name, { fields: node.fields, ...(node.oneofs && { oneofs: node.oneofs }) });
    for (const [child, inner] of Object.entries(node.nested ?? {})) visit(inner, name === "" ? child : `${name}.${child}`);
  };
  visit(tree, "");
  return { messages, enums, anyTypes: new Set(tree.options.any_types) };
}

/** A message's full name without its package. */
export function shortName(message: string): string {
  return message.slice(message.search(/\.[A-Z]/) + 1);
}
