import { compareText, type DiagnosticSink } from "../../diag/index.ts";
import { maxProgramSize } from "../../syntax/index.ts";
import { isJsonObject } from "../json/reader.ts";
import { camelCase } from "../plan/plan.ts";
import { fieldOf, type JsonFields, listField, objectField, textField } from "./json-object.ts";

/** Instructions from which on Envoy refuses a regular expression; above `maxProgramSize`, which is what Istio sets, the compiler does. */
const regexSize = "re2.max_program_size.error_level";

const flags = ["envoy.reloadable_features.", "envoy.restart_features.", "envoy.deprecated_features"] as const;

/** What a bootstrap sets for all resources, and is not obeyed. What is not named here is about the proxy's own process. */
const settings: ReadonlyMap<string, string> = new Map([
  ["bootstrap_extensions", "are not loaded: what they add to resources is not there"],
  ["default_regex_engine", "is not used: regular expressions are those of RE2"],
  ["default_socket_interface", "is not used: sockets are the clients' own"],
  ["dns_resolution_config", "is not used: the daemon resolves names by --dns, or as its system does"],
  ["header_prefix", "is not obeyed: Envoy's own headers begin with x-envoy here"],
  ["overload_manager", "is not done: no connection or request is refused for load"],
  ["typed_dns_resolver_config", "is not used: the daemon resolves names by --dns, or as its system does"],
  ["use_tcp_for_dns_lookups", "is not used: names are asked for by UDP, and by TCP where an answer is cut"],
]);

/** Tells of the settings of a bootstrap beside its resources, which stand at `where`. */
export function tellSettings(bootstrap: JsonFields, where: string, sink: DiagnosticSink): void {
  const tell = (path: string, message: string, identity = path): void => sink.note("KM1026", identity, () => `${where}.${path}`, message);
  // Of what is told together, the first is shown.
  for (const key of Object.keys(bootstrap).sort(compareText)) {
    const name = nameOf(key);
    if (name === "static_resources" || !isFieldName(name)) continue;
    if (name === "layered_runtime") tellRuntime(objectField(bootstrap, name) ?? {}, tell);
    else if (name === "cluster_manager") tellClusterManager(objectField(bootstrap, name) ?? {}, tell);
    else if (settings.has(name)) tell(name, settings.get(name)!);
    else tell(name, "is not read: it is about the proxy's own process", "process");
  }
}

/** The snake_case name of a key in either spelling. */
function nameOf(key: string): string {
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return camelCase(snake) === key ? snake : key;
}

/** Others are no fields of a bootstrap. */
function isFieldName(name: string): boolean {
  return /^[a-z][a-z_]*$/.test(name);
}

type Tell = (path: string, message: string, identity?: string) => void;

function tellClusterManager(manager: JsonFields, tell: Tell): void {
  if (fieldOf(manager, "upstream_bind_config") === undefined) return;
  tell("cluster_manager.upstream_bind_config", "is not obeyed: a connection keeps the source address of the client");
}

function tellRuntime(runtime: JsonFields, tell: Tell): void {
  for (const [index, item] of listField(runtime, "layers").entries()) {
    const layer = isJsonObject(item) ? item : {};
    const name = textField(layer, "name");
    const path = `layered_runtime.layers[${name === "" ? index : JSON.stringify(name)}]`;
    for (const kind of ["disk_layer", "rtds_layer"]) {
      if (objectField(layer, kind)) tell(`${path}.${kind}`, "is not read: what it sets is as if it was not set");
    }
    for (const [key, value] of keysOf(objectField(layer, "static_layer") ?? {}, "")) {
      const message = whyNot(key, value);
      if (message !== undefined) tell(`${path}.static_layer[${JSON.stringify(key)}]`, message);
    }
  }
}

/** `{a: {b: 1}}` is the key `a.b`; what looks like a fraction is a value. */
function keysOf(object: JsonFields, prefix: string): readonly (readonly [string, unknown])[] {
  return Object.entries(object).flatMap(([key, value]): readonly (readonly [string, unknown])[] =>
    isJsonObject(value) && !("numerator" in value) ? keysOf(value, `${prefix}${key}.`) : [[prefix + key, value]],
  );
}

function whyNot(key: string, value: unknown): string | undefined {
  if (key === regexSize) {
    const isLess = Number(value) < maxProgramSize;
    return isLess ? `is not obeyed: a regular expression may have ${maxProgramSize} instructions` : undefined;
  }
  if (flags.some((prefix) => key.startsWith(prefix))) return "is not obeyed: this feature is as Envoy has it by itself";
  return "is not looked up: there is no runtime, the default value holds";
}
