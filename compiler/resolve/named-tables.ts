import type { Listener } from "../decode/gen/types.ts";
import type { XdsResource } from "../decode/index.ts";
import { perObject } from "../memo/index.ts";
import { hasGrpcWeb } from "./grpc-web.ts";
import { managersOf } from "./managers.ts";

/** The route configurations that listeners ask for by RDS, inbound listeners too; undefined for a snapshot without listeners. */
export function namedTables(listeners: readonly XdsResource[]): ReadonlySet<string> | undefined {
  if (listeners.length === 0) return undefined;
  const names = new Set<string>();
  for (const listener of listeners) for (const name of namesOf(listener)) names.add(name);
  return names;
}

const namesOf = perObject(({ message }: XdsResource): readonly string[] =>
  managersOf(message as Listener).flatMap(({ rds }) => (rds ? [rds.route_config_name ?? ""] : [])),
);

/** Those of them that chains use which translate gRPC-Web. */
export function grpcWebTables(listeners: readonly XdsResource[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const listener of listeners) for (const name of grpcWebNamesOf(listener)) names.add(name);
  return names;
}

const grpcWebNamesOf = perObject(({ message }: XdsResource): readonly string[] =>
  managersOf(message as Listener).flatMap((manager) => (manager.rds && hasGrpcWeb(manager) ? [manager.rds.route_config_name ?? ""] : [])),
);
