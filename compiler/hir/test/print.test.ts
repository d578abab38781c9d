import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HirModel } from "../model.ts";
import { printHir } from "../print.ts";

const test = suite("print");

const none = {
  prefixRanges: [],
  serverNames: [],
  applicationProtocols: [],
  directSourcePrefixRanges: [],
  sourceType: "any",
  sourcePrefixRanges: [],
  sourcePorts: [],
} as const;

const model: HirModel = {
  listeners: [
    {
      name: "l",
      path: 'listeners["l"]',
      addresses: [
        { ip: "::", port: 80, ipv4Compat: true },
        { ip: "10.0.0.1", port: 81, ipv4Compat: false },
      ],
      useOriginalDst: false,
      inspectors: { tls: true, http: false },
      listenerFiltersTimeout: 15_000,
      continueOnListenerFiltersTimeout: false,
      chains: [
        {
          name: "tcp",
          path: 'listeners["l"].filter_chains["tcp"]',
          match: {
            ...none,
            destinationPort: 80,
            prefixRanges: [{ ip: "10.0.0.0", length: 8 }],
            serverNames: ["*.a"],
            sourceType: "external",
          },
          network: {
            kind: "tcp",
            statPrefix: "",
            target: {
              kind: "weighted",
              entries: [{ path: 'listeners["l"].x.clusters[0]', weight: 3, target: { kind: "cluster", cluster: "c" }, treatment: {} }],
            },
          },
        },
        { name: "", path: 'listeners["l"].filter_chains[1]', match: none, network: { kind: "punt", why: "KM2120" } },
      ],
      defaultChain: { name: "d", path: 'listeners["l"].default_filter_chain', match: none, network: { kind: "close" } },
    },
  ],
  routeConfigs: [
    {
      name: "r",
      path: 'routes["r"]',
      ignorePortInHost: true,
      ignorePathParameters: false,
      internalOnlyHeaders: [],
      mostSpecificHeaderMutationsWins: false,
      treatment: {},
      vhosts: [
        {
          name: "v",
          path: 'routes["r"].virtual_hosts["v"]',
          domains: ["*"],
          requireTls: "none",
          treatment: {},
          routes: [
            {
              name: "",
              path: 'routes["r"].virtual_hosts["v"].routes[0]',
              match: {
                path: { kind: "prefix", value: "/a" },
                caseSensitive: false,
                headers: [
                  { name: ":method", invert: true, missingAsEmpty: false, value: { kind: "exact", value: "GET", ignoreCase: true } },
                ],
                query: [],
                cookies: [],
                grpc: false,
                fraction: { numerator: 1, denominator: 100 },
              },
              action: { kind: "forward", target: { kind: "cluster", cluster: "c" }, notFoundStatus: 404 },
              treatment: { prefixRewrite: "/b", requestHeadersAdd: [{ name: "x", value: "1", action: "add_if_absent", keepEmpty: false }] },
              fault: { filter: "f", abort: { status: 500, fraction: { numerator: 1, denominator: 2 } }, headers: [] },
            },
          ],
        },
      ],
    },
  ],
  clusters: [
    {
      name: "c",
      path: 'clusters["c"]',
      discovery: "eds",
      lb: "round_robin",
      priorities: [
        [
          {
            name: "a/b",
            weight: 2,
            endpoints: [
              { address: { kind: "ip", ip: "10.0.0.1", port: 80 }, weight: 1, health: "healthy" },
              { address: { kind: "ip", ip: "::1", port: 80 }, weight: 3, health: "healthy" },
              { address: { kind: "other", text: "pipe:/s" }, weight: 1, health: "unhealthy" },
            ],
          },
        ],
        [],
      ],
      overprovisioning: 200,
      panicThreshold: 50,
      failTrafficOnPanic: false,
      weightedPriorityHealth: false,
      localityWeighted: false,
    },
  ],
};

test("one fact a line, nested, only what differs from the default", () => {
  const expected = `listeners["l"]
  address [::]:80 ipv4_compat
  address 10.0.0.1:81
  listener_filter tls_inspector
  filter_chains["tcp"]
    match destination_port 80
    match prefix_range 10.0.0.0/8
    match server_name "*.a"
    match source_type EXTERNAL
    tcp_proxy
      weighted_clusters
        clusters[0]
          cluster "c"
          weight 3
  filter_chains[1]
    punt KM2120
  default_filter_chain
    name "d"
    no filter
routes["r"]
  ignore_port_in_host_matching true
  virtual_hosts["v"]
    domain "*"
    routes[0]
      match prefix "/a"
      match case_sensitive false
      match header ":method" exact "GET" ignore_case invert
      match runtime_fraction 1/100
      fault
        abort 500 share 1/2
      cluster "c"
      cluster_not_found_response_code 404
      prefix_rewrite "/b"
      request_header_to_add "x" "1" ADD_IF_ABSENT
clusters["c"]
  type EDS
  overprovisioning_factor 200
  priority 0
    locality "a/b" weight 2
      endpoint 10.0.0.1:80 probability 1/4
      endpoint [::1]:80 weight 3 probability 3/4
      endpoint "pipe:/s" UNHEALTHY probability 0
  priority 1
`;
  assert.fixture(printHir(model), expected);
});

test("an empty model is no text", () => {
  assert.is(printHir({ listeners: [], routeConfigs: [], clusters: [] }), "");
});

test.run();
