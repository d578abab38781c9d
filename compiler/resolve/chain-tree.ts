import type { Matcher } from "../decode/gen/types.ts";
import { checkTree } from "./match-tree.ts";
import { refuse, type Scope } from "./scope.ts";

const network = "envoy.extensions.matching.common_inputs.network.v3.";
const tls = "envoy.extensions.matching.common_inputs.ssl.v3.";
const inputs: ReadonlySet<string> = new Set([
  `${network}DestinationIPInput`,
  `${network}DestinationPortInput`,
  `${network}SourceIPInput`,
  `${network}SourcePortInput`,
  `${network}DirectSourceIPInput`,
  `${network}SourceTypeInput`,
  `${network}ServerNameInput`,
  `${network}TransportProtocolInput`,
  `${network}ApplicationProtocolInput`,
  `${network}FilterStateInput`,
  `${network}NetworkNamespaceInput`,
  `${tls}UriSanInput`,
  `${tls}DnsSanInput`,
  `${tls}SubjectInput`,
]);

/** What Envoy refuses of a filter_chain_matcher: its matches lead to names of chains, which there need not be. */
export function checkChainTree(scope: Scope, tree: Matcher, path: string): void {
  checkTree(scope, tree, path, {
    code: "KM2133",
    hasInput: (type) => inputs.has(type),
    finds: "a filter chain",
    instead: "match on addresses, ports, the server name or the protocol",
    meet: ({ action }, at) => {
      const type = action?.typed_config?.any;
      if (type === undefined || type === "google.protobuf.StringValue") return;
      refuse(scope, "KM2133", `${at}.action`, `${type} is no name of a filter chain`, "give its name as a google.protobuf.StringValue");
    },
  });
}
