import type { HttpConnectionManager, Listener } from "../decode/gen/types.ts";
import type { XdsResource } from "../decode/index.ts";
import { perObject } from "../memo/index.ts";
import { hasGrpcWeb } from "./grpc-web.ts";
import { managersOf } from "./managers.ts";

/** The route configurations that listeners ask for by RDS, inbound listeners too; undefined for a snapshot without listeners. */
export function namedTables(listeners: readonly XdsResource[]): ReadonlySet<string> | undefined {
  return listeners.length === 0 ? undefined : namesIn(listeners, tablesOf);
}

/** Those of them that chains use which translate gRPC-Web. */
export function grpcWebTables(listeners: readonly XdsResource[]): ReadonlySet<string> {
  return namesIn(listeners, grpcWebTablesOf);
}

function namesIn(listeners: readonly XdsResource[], namesOf: (listener: XdsResource) => readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const listener of listeners) for (const name of namesOf(listener)) names.add(name);
  return names;
}

const tablesOf = perObject(({ message }: XdsResource) => managersOf(message as Listener).flatMap(tableOf));

const grpcWebTablesOf = perObject(({ message }: XdsResource) =>
  managersOf(message as Listener)
    .filter(hasGrpcWeb)
    .flatMap(tableOf),
);

function tableOf({ rds }: HttpConnectionManager): readonly string[] {
  return rds ? [rds.route_config_name ?? ""] : [];
}
