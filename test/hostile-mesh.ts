const type = (name: string): string => `type.googleapis.com/envoy.${name}`;

/** A cluster, a listener and its routes, with `name` wherever a text may stand. */
export function mesh(name: string): { readonly resources: readonly object[] } {
  const endpoint = { address: { socket_address: { address: "10.1.0.1", port_value: 8080 } }, hostname: name };
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: name,
    rds: { route_config_name: name, config_source: { ads: {} } },
    http_filters: [{ name, typed_config: { "@type": type("extensions.filters.http.router.v3.Router") } }],
  };
  const guarded = {
    name,
    match: { prefix: "/", headers: [{ name: "x", string_match: { exact: name } }] },
    direct_response: { status: 200, body: { inline_string: name } },
  };
  return {
    resources: [
      {
        "@type": type("config.cluster.v3.Cluster"),
        name,
        load_assignment: { cluster_name: name, endpoints: [{ locality: { region: name }, lb_endpoints: [{ endpoint }] }] },
      },
      {
        "@type": type("config.listener.v3.Listener"),
        name,
        address: { socket_address: { address: "10.0.0.1", port_value: 80 } },
        bind_to_port: false,
        filter_chains: [{ name, filters: [{ name, typed_config: manager }] }],
      },
      {
        "@type": type("config.route.v3.RouteConfiguration"),
        name,
        virtual_hosts: [{ name, domains: ["*"], routes: [guarded, { name, match: { prefix: "/" }, route: { cluster: name } }] }],
      },
    ],
  };
}
