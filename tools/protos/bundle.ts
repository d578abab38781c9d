import protobuf from "protobufjs";
import { compareText } from "../../compiler/diag/index.ts";

/** The messages, enums and services to write, each list sorted by full name (without leading dot). */
export interface Reached {
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly services: readonly protobuf.Service[];
}

/** Everything that the roots' fields reach. Map entries are not messages of their own. */
export function reachableFrom(root: protobuf.Root, messageRoots: readonly string[], serviceRoots: readonly string[]): Reached {
  const messages = new Set<protobuf.Type>();
  const enums = new Set<protobuf.Enum>();
  const services = serviceRoots.map((name) => root.lookupService(name));
  const queue = messageRoots.map((name) => root.lookupType(name));
  for (const service of services) {
    for (const method of service.methodsArray) queue.push(root.lookupType(method.requestType), root.lookupType(method.responseType));
  }
  for (let type = queue.pop(); type; type = queue.pop()) {
    if (messages.has(type)) continue;
    messages.add(type);
    for (const field of type.fieldsArray) {
      if (field.resolvedType instanceof protobuf.Enum) enums.add(field.resolvedType);
      else if (field.resolvedType) queue.push(field.resolvedType);
    }
  }
  return { messages: byName(messages), enums: byName(enums), services: byName(services) };
}

/** protobufjs JSON; `protobuf.Root.fromJSON` takes it. */
export function bundleOf(root: protobuf.Root, reached: Reached, anyTypes: readonly string[]): object {
  const tree: Node = { options: { any_types: anyTypes }, nested: {} };
  for (const type of reached.messages) Object.assign(place(tree, type.fullName), messageJson(type));
  for (const type of reached.enums) Object.assign(place(tree, type.fullName), { values: type.values });
  for (const service of reached.services) Object.assign(place(tree, service.fullName), serviceJson(root, service));
  return sortNested(tree);
}

interface Node {
  nested?: Record<string, Node>;
  [key: string]: unknown;
}

function place(tree: Node, fullName: string): Node {
  let node = tree;
  for (const part of fullName.slice(1).split(".")) {
    node.nested ??= {};
    node.nested[part] ??= {};
    node = node.nested[part];
  }
  return node;
}

function sortNested(node: Node): Node {
  const { nested, ...rest } = node;
  if (!nested) return rest;
  const names = Object.keys(nested).sort(compareText);
  return { ...rest, nested: Object.fromEntries(names.map((name) => [name, sortNested(nested[name]!)])) };
}

function messageJson(type: protobuf.Type): object {
  // proto3 `optional` is a oneof of one in the parser's eyes; its presence is kept as the field's option.
  const oneofs = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional);
  const fields = type.fieldsArray.map((field) => [field.name, fieldJson(field)]);
  return {
    ...(oneofs.length > 0 && { oneofs: Object.fromEntries(oneofs.map((oneof) => [oneof.name, oneofJson(oneof)])) }),
    fields: Object.fromEntries(fields),
  };
}

function oneofJson(oneof: protobuf.OneOf): object {
  return { ...(oneof.options?.["(validate.required)"] === true && { options: { "(validate.required)": true } }), oneof: oneof.oneof };
}

function fieldJson(field: protobuf.Field): object {
  const options = optionsOf(field);
  return {
    ...(field.repeated && { rule: "repeated" }),
    ...(field instanceof protobuf.MapField && { keyType: field.keyType }),
    type: field.resolvedType ? field.resolvedType.fullName : field.type,
    id: field.id,
    ...(Object.keys(options).length > 0 && { options }),
  };
}

const keptOptions = ["(validate.rules)", "deprecated"];

function optionsOf(field: protobuf.Field): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const parsed of (field.parsedOptions ?? []) as Record<string, unknown>[]) {
    for (const name of keptOptions) if (parsed[name] !== undefined) options[name] = parsed[name];
  }
  if (field.options?.["deprecated"] === true) options["deprecated"] = true;
  if (field.partOf?.isProto3Optional) options["proto3_optional"] = true;
  return options;
}

function serviceJson(root: protobuf.Root, service: protobuf.Service): object {
  const methods = service.methodsArray.map((method) => [
    method.name,
    {
      requestType: root.lookupType(method.requestType).fullName,
      requestStream: method.requestStream ?? false,
      responseType: root.lookupType(method.responseType).fullName,
      responseStream: method.responseStream ?? false,
    },
  ]);
  return { methods: Object.fromEntries(methods) };
}

function byName<T extends protobuf.ReflectionObject>(all: Iterable<T>): readonly T[] {
  return [...all].sort((a, b) => compareText(a.fullName, b.fullName));
}
