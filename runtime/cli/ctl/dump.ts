import { openKernel } from "../../kernel/index.ts";
import type { ConfigDump, DumpNode } from "../../status/index.ts";
import { exit, UsageError } from "../main.ts";
import { daemonAt } from "./daemon.ts";
import { type CtlOptions, ctlOptions, note } from "./options.ts";
import { columns } from "./table.ts";

/** `dump [kernel-native|bpf|tables]`: accepted resources, the same as the kernel has them, or the kernel's tables in words and bytes. */
export async function dump(args: string[]): Promise<number> {
  const options = ctlOptions("dump", args, 1);
  const [what = "tables"] = options.words;
  switch (what) {
    case "tables":
      return show(await daemonOrPins(options, "/debug/config_dump/bpf", "dumpPublished"), options, (text) => text);
    case "bpf":
      return show(await daemonOrPins(options, "/debug/config_dump/bpf/kernel-native", "dumpPublishedConfig"), options, configTable);
    case "kernel-native":
      return show(await daemonOrPins(options, "/debug/config_dump/kernel-native", "dumpPublishedConfig"), options, configTable);
    default:
      throw new UsageError(`dump shows kernel-native, bpf or tables, not ${JSON.stringify(what)}`);
  }
}

function show(text: string, { output, words: [what = "tables"] }: CtlOptions, table: (text: string) => string): number {
  if (output === "table") process.stdout.write(table(text));
  else if (what === "tables") process.stdout.write(`${JSON.stringify({ lines: text.trimEnd().split("\n") }, undefined, 2)}\n`);
  else process.stdout.write(text);
  return exit.fine;
}

async function daemonOrPins(
  { admin, pin, pinsOnly }: CtlOptions,
  path: string,
  ofPins: "dumpPublished" | "dumpPublishedConfig",
): Promise<string> {
  if (!pinsOnly) {
    const daemon = daemonAt(admin);
    const text = await daemon.get(path);
    if (text !== undefined) return text;
    note(`no daemon answers at ${daemon.where}; this is what is pinned in ${pin}`);
  }
  const dumps = await import("../../status/dump.ts");
  return dumps[ofPins](openKernel(), pin);
}

/** As Kmesh prints it: clusters, listeners, routes, an empty line after each. */
function configTable(text: string): string {
  const { clusterConfigs, listenerConfigs, routeConfigs: routes } = (JSON.parse(text) as ConfigDump).dynamicResources;
  const routeConfigs = routes ?? [];
  // Tables have shares, not the policy that they come from; in what was accepted the default is left out.
  const defaultPolicy = routes ? "ROUND_ROBIN" : "-";
  const word = (node: DumpNode, field: string, otherwise = "-"): string => String(node[field] ?? otherwise);
  const list = (node: DumpNode | undefined, field: string): readonly DumpNode[] => (node?.[field] as readonly DumpNode[] | undefined) ?? [];
  const parts = [
    columns(
      ["NAME", "LB_POLICY", "ENDPOINTS"],
      clusterConfigs.map((cluster) => {
        const localities = list(cluster["loadAssignment"] as DumpNode | undefined, "endpoints");
        const endpoints = localities.flatMap((locality) => list(locality, "lbEndpoints")).length;
        return [word(cluster, "name"), word(cluster, "lbPolicy", defaultPolicy), endpoints];
      }),
    ),
    columns(
      ["NAME", "ADDRESS", "PORT", "FILTER_CHAINS"],
      listenerConfigs.map((listener) => {
        const address = listener["address"] as DumpNode | undefined;
        const chains = list(listener, "filterChains").map((chain) => word(chain, "name"));
        const decided = listener["verdict"] === undefined ? "-" : `${word(listener, "verdict")} ${word(listener, "cluster", "")}`.trim();
        return [
          word(listener, "name"),
          address ? word(address, "ip") : "-",
          address ? word(address, "port") : "-",
          chains.join(",") || decided,
        ];
      }),
    ),
    columns(
      ["ROUTE", "VIRTUAL_HOST", "DOMAINS"],
      routeConfigs.flatMap((route) =>
        list(route, "virtualHosts").map((vhost) => [word(route, "name"), word(vhost, "name"), String(vhost["domains"])]),
      ),
    ),
  ];
  const lists = [clusterConfigs, listenerConfigs, routeConfigs];
  return parts.filter((_, i) => lists[i]!.length > 0).join("\n");
}
