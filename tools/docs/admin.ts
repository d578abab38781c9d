import { absentRoutes, adminRoutes, commonAnswers, metricsRoutes, type RouteSpec } from "../../runtime/admin/routes.ts";
import { banner, table } from "./markdown.ts";

/** docs/admin.md. */
export function adminPage(): string {
  const absent = Object.entries(absentRoutes).map(([path, why]) => [`\`${path}\``, why]);
  const common = Object.entries(commonAnswers).map(([status, why]) => [status, why]);
  return `${banner("runtime/admin/routes.ts")}
# The daemon's HTTP

Two servers. The **admin** server (\`--admin\`, 127.0.0.1:15200) changes levels and shows everything, so it listens on loopback or on a Unix
socket that only its owner may open, and on nothing else (KM6302). It asks for no password: whoever may open it is root on the node, or in
the pod's network. The **metrics** server (\`--metrics\`, :15020) has numbers only, no names of services, and is for Prometheus, which comes
from elsewhere; \`--metrics off\` leaves it out, \`--metrics 10.0.0.1:15020\` narrows it.

Both give a request 20 seconds to arrive and take at most 64 connections, 8 KiB of head and 4 KiB of body. The admin server answers
neither to names that are not local (DNS rebinding) nor to web pages (\`Origin\`, \`Sec-Fetch-Site\`). Errors are JSON:
\`{"error": ..., "hint": ...}\`; only \`/debug/ready\` explains itself in plain text. Keys are in lowerCamelCase
throughout, as in what Kmesh and proto3 JSON have of it; kmeshctl prints them as they are.

## Admin

${routesTable(adminRoutes)}

\`HEAD\` goes with \`GET\`. Every path may also answer:

${table(["status", "when"], common)}

Paths of Kmesh that answer 501:

${table(["path", "why"], absent)}

## Metrics

${routesTable(metricsRoutes)}

## The form of the dumps

\`/debug/config_dump/kernel-native\` and \`/debug/config_dump/bpf/kernel-native\` have the form of Kmesh's ConfigDump: proto3 JSON, fields in
lowerCamelCase, defaults left out. What Kmesh does not read stands under Envoy's names, so that nothing that decides is missing. Three
differences, on purpose: \`address.port\` is the port (Kmesh shows it in network byte order), \`address.ip\` stands beside Kmesh's number
\`address.ipv4\` and is there for IPv6 too, and \`versionInfo\` is the number of the generation. Fields without effect here
([xds-support.md](xds-support.md), class note) are not kept, \`connectTimeout\` among them.

Read back from the kernel, a listener has what connect() does with its address (\`verdict\`, and \`cluster\` or \`clusters\` with shares where it is
decided there), and an endpoint its \`share\` of the cluster's connections.
`;
}

function routesTable(routes: Readonly<Record<string, RouteSpec>>): string {
  return table(
    ["path", "method", "what", "answers"],
    Object.values(routes).map(({ path, methods, query = {}, body, about, answers }) => {
      const names = Object.entries(query).map(([name, meaning]) => `\`?${name}=\` ${meaning}.`);
      const sent = body === undefined ? [] : [`Body: \`${body.replaceAll("|", "or")}\`.`];
      const given = Object.entries(answers).map(([status, what]) => `${status} ${what}`);
      return [`\`${path}\``, methods.join(", "), [about, ...names, ...sent].join(" "), given.join("; ")];
    }),
  );
}
