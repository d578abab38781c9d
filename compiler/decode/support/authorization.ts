import { honoured, message, note, noted, punt } from "./dsl.ts";
import { statistics } from "./notices.ts";

const generic = [
  "KM1450",
  "an authorization written as a generic matcher is judged by a proxy: the chain or route with it is left to one",
  "leave the filter out where nothing is to be refused",
] as const;
const shadow = [
  "KM1451",
  "has no effect by itself: shadow rules refuse nothing, they leave their results to statistics and other filters",
] as const;
const content = ["KM1452", "is not read: where its rules refuse, resolve leaves the chain to a proxy that judges them"] as const;

/** RBAC filters. Only whether they refuse anything is read; such a chain is left to a proxy (resolve). */
export const authorizationSupport = {
  "envoy.extensions.filters.network.rbac.v3.RBAC": message(
    honoured("rules"),
    punt(...generic, "matcher"),
    note(...shadow, "shadow_rules", "shadow_matcher", "shadow_rules_stat_prefix"),
    note(...content, "enforcement_type", "delay_deny"),
    noted(statistics, "stat_prefix"),
  ),
  "envoy.extensions.filters.http.rbac.v3.RBAC": message(
    honoured("rules"),
    punt(...generic, "matcher"),
    note(...shadow, "shadow_rules", "shadow_matcher", "shadow_rules_stat_prefix"),
    noted(statistics, "rules_stat_prefix", "track_per_rule_stats"),
  ),
  "envoy.extensions.filters.http.rbac.v3.RBACPerRoute": message(honoured("rbac")),
  "envoy.config.rbac.v3.RBAC": message(honoured("action", "policies"), note(...content, "audit_logging_options")),
  "envoy.config.rbac.v3.Policy": message(note(...content, "permissions", "principals", "condition", "checked_condition", "cel_config")),
} as const;
