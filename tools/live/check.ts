/**
 * Does the kernel hold what Kubernetes says? Reads Services and EndpointSlices as JSON from standard input and the daemon's tables from its admin
 * server; prints every cluster that differs.
 *
 *   kubectl get services,endpointslices -A -o json | node --import tsx tools/live/check.ts [--admin 127.0.0.1:15200 | --admin unix:PATH]
 *     [--domain cluster.local] [--wait SECONDS]
 *
 * Exit codes: 0 the same, 1 different, 2 wrong usage. Two differences are as they should be: clusters that a Sidecar resource or exportTo hides from
 * this node are missing, and where istiod ranks endpoints by locality (outlierDetection, trafficDistribution) only the nearest are in the tables.
 */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type AdminAddress, parseAdminAddress } from "../../runtime/admin/index.ts";
import { type DumpedCluster, differences, dumpedView } from "./differences.ts";
import { expectedView, type KubernetesObject, serviceHosts } from "./expected.ts";

const { values } = parseArgs({
  options: {
    admin: { type: "string", default: "127.0.0.1:15200" },
    domain: { type: "string", default: "cluster.local" },
    wait: { type: "string", default: "0" },
  },
});
const admin = parseAdminAddress(values.admin);
if ("code" in admin) {
  console.error(admin.message);
  process.exit(2);
}
const { items } = JSON.parse(await text(process.stdin)) as { readonly items: readonly KubernetesObject[] };
const expected = expectedView(items, values.domain);
const hosts = serviceHosts(items, values.domain);
const until = performance.now() + Number(values.wait) * 1000;
for (;;) {
  const found = differences(expected, dumpedView(await dump(admin)), hosts, values.domain);
  if (found.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    continue;
  }
  for (const line of found) console.log(line);
  console.log(`${expected.size} clusters of services, ${found.length} differ`);
  process.exitCode = found.length > 0 ? 1 : 0;
  break;
}

function dump(admin: AdminAddress): Promise<readonly DumpedCluster[]> {
  const where = admin.kind === "tcp" ? { host: admin.host, port: admin.port } : { socketPath: admin.path };
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, path: "/debug/config_dump/bpf/kernel-native", agent: false }, (response) => {
      text(response).then((body) => {
        if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${body}`);
        resolve(
          (JSON.parse(body) as { readonly dynamicResources: { readonly clusterConfigs: DumpedCluster[] } }).dynamicResources.clusterConfigs,
        );
      }, reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}
