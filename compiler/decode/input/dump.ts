import type { DiagnosticSink } from "../../diag/index.ts";
import { typeNameOf } from "../any-type.ts";
import { isJsonObject } from "../json/reader.ts";
import type { XdsKind } from "../types.ts";
import { bootstrapResources } from "./bootstrap.ts";
import { tellSettings } from "./bootstrap-settings.ts";
import type { JsonDocument } from "./document.ts";
import { fieldOf, type JsonFields, listField, nameOfResource, objectField, textField } from "./json-object.ts";
import { type RawResource, type Update, updateOf } from "./raw.ts";
import { withoutZeroWeights } from "./zero-weights.ts";

/**
 * An Envoy admin `/config_dump` (also `istioctl proxy-config all -o json`): what Envoy runs with, that is static and active resources. Undefined
 * where it has sections, and none of those that tell of a mesh: that is no mesh without resources.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump.proto
 */
export function readConfigDump(dump: JsonFields, document: JsonDocument, source: string, sink: DiagnosticSink): Update | undefined {
  const sections = listField(dump, "configs").map((section, index) => {
    const object = isJsonObject(section) ? section : {};
    return { type: sectionType(object), object, index };
  });
  const hasResources = sections.some(({ type }) => type === "ListenersConfigDump" || type === "ClustersConfigDump");
  const configs = `${source} configs`;
  const found: Found = { resources: [], document, sink };
  let unread = 0;
  for (const { type, object, index } of sections) {
    const where = `${configs}[${index}]`;
    const lists = sectionLists.get(type);
    const entry = entryTypes.get(type);
    if (lists) for (const list of lists) readList(object, list, where, found);
    else if (entry) readEntry(object, entry, configs, index, found);
    else if (type === "BootstrapConfigDump") {
      // A whole dump lists static resources in their own sections as well.
      const bootstrap = objectField(object, "bootstrap");
      // There is one, wherever it stands.
      if (bootstrap) tellSettings(bootstrap, `${source} bootstrap`, sink);
      if (!hasResources && bootstrap) found.resources.push(...bootstrapResources(bootstrap, document, `${where}.bootstrap`, "note"));
    } else {
      unread++;
      sink.note("KM1023", type, () => where, `${type === "" ? "a section without @type" : type} is not read`);
    }
  }
  return unread > 0 && unread === sections.length ? undefined : updateOf(found.resources);
}

interface Found {
  readonly resources: RawResource[];
  readonly document: JsonDocument;
  readonly sink: DiagnosticSink;
}

/** `ListenersConfigDump` of any version of the admin API. */
function sectionType(section: JsonFields): string {
  const url = section["@type"];
  const name = typeof url === "string" ? typeNameOf(url) : "";
  const admin = /^envoy\.admin\.v\w+\.(.+)$/.exec(name);
  return admin ? admin[1]! : name;
}

interface SectionList {
  readonly field: string;
  readonly kind: XdsKind;
  /** Why none of it is in use. */
  readonly unused?: string;
}

/** Static ones first: where a name occurs twice, Envoy keeps the static resource. */
const sectionLists: ReadonlyMap<string, readonly SectionList[]> = new Map(
  Object.entries<readonly SectionList[]>({
    ListenersConfigDump: [
      { field: "static_listeners", kind: "listener" },
      { field: "dynamic_listeners", kind: "listener" },
    ],
    ClustersConfigDump: [
      { field: "static_clusters", kind: "cluster" },
      { field: "dynamic_active_clusters", kind: "cluster" },
      { field: "dynamic_warming_clusters", kind: "cluster", unused: "still warming" },
    ],
    RoutesConfigDump: [
      { field: "static_route_configs", kind: "route", unused: "a listener's own, read where it stands in the listener" },
      { field: "dynamic_route_configs", kind: "route" },
    ],
    EndpointsConfigDump: [
      { field: "static_endpoint_configs", kind: "endpoint" },
      { field: "dynamic_endpoint_configs", kind: "endpoint" },
    ],
  }),
);

/** Single entries, as `/config_dump?resource=dynamic_listeners` gives them. */
const entryTypes: ReadonlyMap<string, SectionList> = new Map(
  Object.entries<SectionList>({
    "ListenersConfigDump.StaticListener": { field: "static_listeners", kind: "listener" },
    "ListenersConfigDump.DynamicListener": { field: "dynamic_listeners", kind: "listener" },
    "ClustersConfigDump.StaticCluster": { field: "static_clusters", kind: "cluster" },
    "ClustersConfigDump.DynamicCluster": { field: "dynamic_active_clusters", kind: "cluster" },
    "RoutesConfigDump.DynamicRouteConfig": { field: "dynamic_route_configs", kind: "route" },
    "EndpointsConfigDump.StaticEndpointConfig": { field: "static_endpoint_configs", kind: "endpoint" },
    "EndpointsConfigDump.DynamicEndpointConfig": { field: "dynamic_endpoint_configs", kind: "endpoint" },
  }),
);

function readList(section: JsonFields, list: SectionList, where: string, found: Found): void {
  const within = `${where}.${list.field}`;
  for (const [index, entry] of listField(section, list.field).entries()) {
    readEntry(isJsonObject(entry) ? entry : {}, list, within, index, found);
  }
}

function readEntry(entry: JsonFields, list: SectionList, within: string, index: number, found: Found): void {
  const { kind } = list;
  const resource = resourceIn(list.field === "dynamic_listeners" ? objectField(entry, "active_state") : entry, kind);
  const error = objectField(entry, "error_state");
  const content = resource && found.document.contentOf(resource);
  const name = content ? nameOfResource(kind, content) : textField(entry, "name");
  const unused = (why: string): void =>
    found.sink.note("KM1024", `${kind} ${why}`, () => `${kind}s[${JSON.stringify(name)}]`, `not in use: ${why}`);
  if (error) unused(`Envoy refused an update of it${reason(error)}`);
  if (list.unused !== undefined) unused(list.unused);
  else if (content) {
    const read = kind === "endpoint" ? withoutZeroWeights(content) : content;
    found.resources.push({ kind, name, within, index, unknownField: "note", content: read });
  } else if (fieldOf(entry, "warming_state") !== undefined) unused("still warming");
  else if (fieldOf(entry, "draining_state") !== undefined) unused("draining");
  else if (!error) unused("the entry holds no resource");
}

function reason(error: JsonFields): string {
  const details = textField(error, "details");
  return details === "" ? "" : `: ${details}`;
}

const resourceFields: Readonly<Record<XdsKind, string>> = {
  cluster: "cluster",
  endpoint: "endpoint_config",
  listener: "listener",
  route: "route_config",
};

function resourceIn(entry: JsonFields | undefined, kind: XdsKind): JsonFields | undefined {
  return entry && objectField(entry, resourceFields[kind]);
}
