/**
 * Does the daemon hold what Kubernetes says? Reads objects as JSON from standard input, and from the daemon's admin server what the kernel holds and which
 * routes were accepted; prints every cluster and every route that differs.
 *
 *   kubectl get services,endpointslices,nodes,destinationrules,virtualservices -A -o json |
 *     node --import tsx tools/live/check.ts [--admin 127.0.0.1:15200 | --admin unix:PATH] [--domain cluster.local]
 *       [--locality REGION/ZONE/SUBZONE] [--wait SECONDS]
 *
 * `--locality` is what the daemon's xDS node tells (its locality, or its topology labels); none is told by default. Without nodes and DestinationRules among
 * the objects nothing is known of istiod's ranking by locality.
 * Exit codes: 0 the same, 1 different, 2 nothing was compared: wrong usage, no objects, no daemon. What cannot be compared is printed as `not compared`, with the reason. One difference is as it should
 * be: what a Sidecar resource or exportTo hides from this node is missing.
 */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type AdminAddress, parseAdminAddress } from "../../runtime/admin/index.ts";
import { clusterDifferences, routeDifferences } from "./differences.ts";
import type { AcceptedDump, PublishedDump } from "./dumps.ts";
import { expectedClusters, serviceHosts } from "./expected.ts";
import { parseLocality } from "./nearest.ts";
import type { KubernetesObject } from "./objects.ts";
import { expectedRoutes } from "./routes.ts";

// Else it would end with 1, which says that something differs.
process.on("uncaughtException", (error) => {
  console.error(`nothing was compared: ${error.message}`);
  process.exit(2);
});

const { values } = parseArgs({
  options: {
    admin: { type: "string", default: "127.0.0.1:15200" },
    domain: { type: "string", default: "cluster.local" },
    locality: { type: "string", default: "" },
    wait: { type: "string", default: "0" },
  },
});
const admin = parseAdminAddress(values.admin);
if ("code" in admin) {
  console.error(admin.message);
  process.exit(2);
}
const { items } = JSON.parse(await text(process.stdin)) as { readonly items: readonly KubernetesObject[] };
const clusters = expectedClusters(items, values.domain, parseLocality(values.locality));
const hosts = serviceHosts(items, values.domain);
const { expected: routes, unjudged } = expectedRoutes(items, values.domain);
for (const line of unjudged) console.log(`not compared: ${line}`);
const until = performance.now() + Number(values.wait) * 1000;
for (;;) {
  const published = await dump<PublishedDump>(admin, "/debug/config_dump/bpf/kernel-native");
  const accepted = await dump<AcceptedDump>(admin, "/debug/config_dump/kernel-native");
  const found = [clusterDifferences(clusters, published, hosts, values.domain), routeDifferences(routes, accepted, published)] as const;
  if (found.flat().length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    continue;
  }
  for (const line of found.flat()) console.log(line);
  console.log(
    `${clusters.size} clusters of services, ${found[0].length} differ; ${routes.length} with routes, ${found[1].length} routes differ`,
  );
  process.exitCode = found.flat().length > 0 ? 1 : 0;
  break;
}

function dump<T>(admin: AdminAddress, path: string): Promise<T> {
  const where = admin.kind === "tcp" ? { host: admin.host, port: admin.port } : { socketPath: admin.path };
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, path, agent: false }, (response) => {
      text(response)
        .then((body) => {
          if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${body}`);
          resolve((JSON.parse(body) as { readonly dynamicResources: T }).dynamicResources);
        })
        .catch(reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}
