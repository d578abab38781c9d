import { parseArgs } from "node:util";
import { explainHost, explainListeners, renderExplanation, renderHost } from "../../hir/explain/explain.ts";
import { findHosts } from "../../hir/explain/find-hosts.ts";
import { type HirModel, parseSocketAddress } from "../../hir/index.ts";
import { indexListeners } from "../../hir/interpret/choose-listener.ts";
import { UsageError } from "../exit.ts";
import { printJson, printText } from "../output.ts";
import { openMesh, tellRejected } from "../session.ts";
import { tiersOf } from "../tiers.ts";
import { commonOptions } from "./common.ts";

/** `explain INPUT [ip:port | hostname]`: the mesh, one address or one host name in words. */
export async function explain(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: commonOptions.json } });
  const [input, about, ...rest] = positionals;
  if (input === undefined || rest.length > 0)
    throw new UsageError("explain takes a snapshot or a bundle, and at most one address or host name");
  const session = openMesh(input);
  tellRejected(session, input);
  const { model } = session;
  const address = about === undefined ? undefined : parseSocketAddress(about);
  if (!address && about !== undefined && /^(?:(?:[\d.]+|\[.*\]):.*)?$/.test(about))
    throw new UsageError(`${JSON.stringify(about)} is no ip:port; write 10.0.0.1:80 or [::1]:80`);
  if (about !== undefined && address === undefined) return explainName(model, about, values.json);
  const taker = address && indexListeners(model)(address)?.listener;
  const listeners = address ? (taker ? [taker] : []) : model.listeners;
  const explanations = explainListeners(model, tiersOf(model), listeners, address !== undefined);
  if (values.json) printJson({ listeners: explanations });
  else
    printText(
      explanations.length > 0 ? renderExplanation(explanations) : `no listener takes ${about ?? "anything"}: connections pass untouched`,
    );
  return 0;
}

function explainName(model: HirModel, host: string, json: boolean): number {
  const clusters = new Map(model.clusters.map((c) => [c.name, c]));
  const taking = findHosts(model, host);
  // A mesh has a table a port, and each has a virtual host for any name: of interest only where no table knows the name.
  const naming = taking.filter(({ domain }) => domain !== "*");
  const found = (naming.length > 0 ? naming : taking).map(({ config, vhost, domain }) => ({
    table: config.name,
    domain,
    ...explainHost(vhost, clusters),
  }));
  if (json) printJson({ virtual_hosts: found });
  else
    printText(
      [
        ...(naming.length > 0 ? [] : [`no virtual host names ${JSON.stringify(host)}`]),
        ...found.flatMap((f) => [`routes ${JSON.stringify(f.table)}, by domain ${JSON.stringify(f.domain)}`, ...renderHost(f, "  ")]),
      ].join("\n"),
    );
  return 0;
}
