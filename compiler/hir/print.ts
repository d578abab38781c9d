import { assertNever } from "../diag/index.ts";
import { formatSocketAddress } from "./ip.ts";
import type { HirChain, HirChainMatch, HirHttp, HirListener, HirModel, HirNetwork } from "./model.ts";
import { printCluster } from "./print-clusters.ts";
import { printFault, printRouteConfig, printTarget } from "./print-routes.ts";
import { nameBeside, Printer, pathBelow, prefixText, quoted } from "./print-text.ts";

/**
 * The model as golden text: one fact a line, nesting by two blanks, in the model's order. Words are Envoy's; a field stands there only if it
 * differs from Envoy's default. A node is told by the part of its path below its parent. Endpoints carry their exact probability.
 */
export function printHir(model: HirModel): string {
  const out = new Printer();
  for (const listener of model.listeners) printListener(out, listener);
  for (const table of model.routeConfigs) printRouteConfig(out, table);
  for (const cluster of model.clusters) printCluster(out, cluster);
  return out.toString();
}

function printListener(out: Printer, listener: HirListener): void {
  out.node(pathBelow(listener.path, ""), () => {
    out.maybe(nameBeside(listener.path, listener.name));
    for (const { ip, port, ipv4Compat } of listener.addresses) {
      out.line(`address ${formatSocketAddress(ip, port)}${ipv4Compat ? " ipv4_compat" : ""}`);
    }
    out.field("use_original_dst", listener.useOriginalDst, false);
    if (listener.punt !== undefined) out.line(`punt ${listener.punt}`);
    if (listener.inspectors.tls) out.line("listener_filter tls_inspector");
    if (listener.inspectors.http) out.line(`listener_filter http_inspector${listener.inspectors.shortHttp ? " behind it" : ""}`);
    out.field("listener_filters_timeout", `${listener.listenerFiltersTimeout}ms`, "15000ms");
    out.field("continue_on_listener_filters_timeout", listener.continueOnListenerFiltersTimeout, false);
    for (const chain of listener.chains) printChain(out, chain, listener.path);
    if (listener.defaultChain) printChain(out, listener.defaultChain, listener.path);
  });
}

function printChain(out: Printer, chain: HirChain, parent: string): void {
  out.node(pathBelow(chain.path, parent), () => {
    out.maybe(nameBeside(chain.path, chain.name));
    printChainMatch(out, chain.match);
    printNetwork(out, chain.network);
  });
}

function printChainMatch(out: Printer, match: HirChainMatch): void {
  if (match.destinationPort !== undefined) out.line(`match destination_port ${match.destinationPort}`);
  for (const prefix of match.prefixRanges) out.line(`match prefix_range ${prefixText(prefix)}`);
  for (const name of match.serverNames) out.line(`match server_name ${quoted(name)}`);
  if (match.transportProtocol !== undefined) out.line(`match transport_protocol ${quoted(match.transportProtocol)}`);
  for (const protocol of match.applicationProtocols) out.line(`match application_protocol ${quoted(protocol)}`);
  for (const prefix of match.directSourcePrefixRanges) out.line(`match direct_source_prefix_range ${prefixText(prefix)}`);
  out.field("match source_type", match.sourceType.toUpperCase(), "ANY");
  for (const prefix of match.sourcePrefixRanges) out.line(`match source_prefix_range ${prefixText(prefix)}`);
  for (const port of match.sourcePorts) out.line(`match source_port ${port}`);
}

function printNetwork(out: Printer, network: HirNetwork): void {
  switch (network.kind) {
    case "tcp":
      out.node("tcp_proxy", () => {
        printTarget(out, network.target);
      });
      return;
    case "http":
      printHttp(out, network.http);
      return;
    case "punt":
      out.line(`punt ${network.why}`);
      return;
    case "close":
      out.line("no filter");
      return;
    default:
      assertNever(network);
  }
}

function printHttp(out: Printer, http: HirHttp): void {
  out.node("http_connection_manager", () => {
    if (http.punt !== undefined) out.line(`punt ${http.punt}`);
    const where = http.routeConfig === undefined ? "missing" : pathBelow(http.routeConfig, http.path);
    out.line(`route_config ${quoted(http.routeConfigName)} ${where}`);
    out.field("codec_type", http.codec.toUpperCase(), "AUTO");
    out.field("normalize_path", http.normalizePath, false);
    out.field("merge_slashes", http.mergeSlashes, false);
    out.field("path_with_escaped_slashes_action", http.escapedSlashes.toUpperCase(), "KEEP");
    out.field("strip_host_port", http.stripHostPort, "none");
    out.field("strip_trailing_host_dot", http.stripTrailingHostDot, false);
    out.field("use_remote_address", http.useRemoteAddress, false);
    out.field("skip_xff_append", http.skipXffAppend, false);
    out.field("xff_num_trusted_hops", http.trustedHops, 0);
    out.field("append_x_forwarded_port", http.appendForwardedPort, false);
    if (http.via !== "") out.line(`via ${quoted(http.via)}`);
    out.field("generate_request_id", http.generateRequestId, true);
    out.field("preserve_external_request_id", http.preserveExternalRequestId, false);
    out.field("pack_trace_reason", http.packTraceReason, true);
    out.field("forward_client_cert", http.forwardClientCert, false);
    for (const prefix of http.internalCidrs) out.line(`internal_address ${prefixText(prefix)}`);
    if (http.schemeOverwrite !== undefined) out.line(`scheme_to_overwrite ${http.schemeOverwrite}`);
    out.field("headers_with_underscores_action", http.underscores.toUpperCase(), "ALLOW");
    out.field("accept_http_10", http.acceptHttp10, false);
    if (http.defaultHostForHttp10 !== "") out.line(`default_host_for_http_10 ${quoted(http.defaultHostForHttp10)}`);
    out.field("allow_absolute_url", http.allowAbsoluteUrl, true);
    out.field("proxy_100_continue", http.proxy100Continue, false);
    for (const upgrade of http.upgrades) out.line(`upgrade ${quoted(upgrade)}`);
    out.field("max_request_headers_kb", http.maxRequestHeadersKb, 60);
    out.field("max_headers_count", http.maxHeadersCount, 100);
    out.field("suppress_envoy_headers", http.suppressEnvoyHeaders, false);
    if (http.fault) printFault(out, http.fault);
  });
}
