/** KM1001 to KM1049: the reader. Codes of the support tables are declared with them. */
export const decodeCodes = {
  KM1001: {
    title: "input not recognised",
    explain:
      "The file is none of what can be read: an Envoy config_dump (JSON), a bootstrap (JSON), an xDS DiscoveryResponse (protobuf or JSON, one or an array of them), or a resource in JSON with its @type. Nothing of it is used. A dump of which no section tells of a mesh is none of them either. YAML must be turned into JSON first.",
  },
  KM1002: {
    title: "broken JSON",
    explain:
      "The file starts like JSON and can't be parsed: it is truncated, not UTF-8, or has a syntax error. Nothing of it is used. Capture it again.",
  },
  KM1003: {
    title: "input too large",
    explain:
      "Resources that begin with their @type, as in a config_dump, are read where they stand; all else in a JSON file is parsed as one text, which may have 500 MB, as JavaScript's strings do. A file that would decompress to more than 1 GiB is not decompressed. Nothing of it is used. Use the raw DiscoveryResponses (protobuf), which are a third of the size, or split the dump by resource kind.",
  },
  KM1004: {
    title: "broken compressed input",
    explain:
      "Files compressed by zstd or gzip are read as they are; this one is broken: truncated, damaged, or it needs a dictionary. Nothing of it is used: capture it again, or decompress it first (zstd -d, gunzip).",
  },
  KM1010: {
    title: "malformed protobuf",
    explain:
      "The bytes end inside a field, hold an impossible length or wire type, or a string that is not UTF-8. The resource is rejected (or the whole response, where its frame is broken); the last good one stays. The capture is probably truncated.",
  },
  KM1011: {
    title: "value of the wrong form",
    explain:
      "The JSON value can't be read as the field's type, as Envoy's own reader can't either: a fraction for an integer, a duration without unit, an unknown enum name, an object for a string, half of a surrogate pair in a string. The resource is rejected; the last good one stays.",
  },
  KM1012: {
    title: "nested too deeply",
    explain: "Messages may stand in each other 100 levels deep, as in Envoy. The resource is rejected; the last good one stays.",
  },
  KM1013: {
    title: "value refused by the API's own rules",
    explain:
      "The protos declare what a field may hold (lengths, ranges, required fields, patterns); Envoy refuses a resource that breaks a rule, and so do we, also below a field that has no effect here. The resource is rejected; the last good one stays. The message says which rule.",
  },
  KM1014: {
    title: "two fields of one oneof",
    explain: "Only one field of this group may be set; Envoy's JSON reader refuses two. The resource is rejected; the last good one stays.",
  },
  KM1015: {
    title: "Any without a type",
    explain:
      "A typed value must name its type after a slash (@type: type.googleapis.com/envoy...). Envoy refuses one without; the resource is rejected and the last good one stays.",
  },
  KM1016: {
    title: "unknown field",
    explain:
      "The field is not in Envoy 1.40's API: a misspelling, or newer than that. From xDS and in a dump it is ignored, as Envoy ignores it; in a bootstrap it rejects the resource, as Envoy refuses to start with it.",
  },
  KM1017: {
    title: "unknown enum value",
    explain:
      "The name is none of the enum's values in Envoy 1.40's API. Like an unknown field it is ignored from xDS and in a dump, so the field keeps its default, and it rejects the resource in a bootstrap.",
  },
  KM1020: {
    title: "resource without a name",
    explain:
      "A cluster, route configuration or load assignment is found by its name; one without can't be referred to and is left out. A listener without a name is known by its address.",
  },
  KM1021: {
    title: "two resources of one name",
    explain: "The first one counts, as in Envoy (a static one before dynamic ones); the others are left out. Give each its own name.",
  },
  KM1022: {
    title: "resource of an unknown type",
    explain:
      "Only Listener, RouteConfiguration, Cluster and ClusterLoadAssignment (v3) are read; a resource of another type has no effect here.",
  },
  KM1023: {
    title: "section of the dump not read",
    explain:
      "Secrets, extension configs, scoped routes and other sections of a config_dump do not decide where traffic goes here and are not read.",
  },
  KM1024: {
    title: "resource not in use",
    explain:
      "Envoy listed this resource as warming, draining or refused (error_state): it does not serve traffic. Only the active state is compiled; the message has Envoy's own reason where it gave one.",
  },
  KM1025: {
    title: "incremental xDS",
    explain: "The file is a DeltaDiscoveryResponse, which is a change and no snapshot. Give a config_dump or state-of-the-world responses.",
  },
  KM1026: {
    title: "setting of a bootstrap not obeyed",
    explain:
      "Of an Envoy bootstrap (the file, or that section of a config_dump) static resources are read. What else it sets for all of them is not obeyed, and each such setting is told: feature flags and runtime keys of layered_runtime, the address that connections come from, overload actions, extensions. Where it decides about your traffic, set it in the resource itself if that can be, or keep a proxy. What is about the proxy's own process (its admin server, statistics, logs) is told together.",
  },
} as const;
