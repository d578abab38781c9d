/**
 * The form of /debug/config_dump/kernel-native: Kmesh's (proto3 JSON of its own admin.ConfigDump), with what Kmesh drops. Where a resource
 * has more than Kmesh reads, the field stands under Envoy's name in lowerCamelCase. Not kept of Kmesh: ports in network byte order.
 */
export interface ConfigDump {
  readonly dynamicResources: {
    /** Number of the generation. */
    readonly versionInfo: string;
    readonly listenerConfigs: readonly DumpNode[];
    readonly routeConfigs?: readonly DumpNode[];
    readonly clusterConfigs: readonly DumpNode[];
  };
}

/** A JSON object. */
export interface DumpNode {
  readonly [field: string]: unknown;
}

/** Kmesh's address: `ipv4` is the four bytes as a little-endian number. `ip` is ours, and the only one for IPv6. */
export function addressNode(ip: string, port: number): DumpNode {
  const bytes = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip)?.slice(1).map(Number);
  const ipv4 = bytes?.reduceRight((number, byte) => number * 256 + byte, 0);
  return { port, ...(ipv4 !== undefined && { ipv4 }), ip };
}
