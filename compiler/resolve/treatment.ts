import type { HeaderValueOption, RegexMatchAndSubstitute, RouteAction } from "../decode/gen/types.ts";
import { asciiLower } from "../hir/bytes.ts";
import type { HirHeaderMutation, HirRegexRewrite, HirTreatment } from "../hir/index.ts";
import { unknownOperators } from "../hir/treat/format-value.ts";
import { whyNoHeaderFormat } from "../syntax/index.ts";
import { checkRegex } from "./regex.ts";
import { note, refuse, type Scope } from "./scope.ts";

interface HeaderMutations {
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
}

/** One for all nodes without: most of a large mesh's. */
export const noTreatment: HirTreatment = {};

/** request_headers_to_add and _to_remove of a table, virtual host, route or weighted cluster. */
export function resolveMutations(scope: Scope, from: HeaderMutations, path: string): HirTreatment {
  if (!from.request_headers_to_add && !from.request_headers_to_remove) return noTreatment;
  const add = from.request_headers_to_add?.map((option, i) => resolveMutation(scope, option, `${path}.request_headers_to_add[${i}]`));
  const remove = from.request_headers_to_remove?.map((name, i) => modifiable(scope, name, `${path}.request_headers_to_remove[${i}]`));
  return { ...(add?.length ? { requestHeadersAdd: add } : {}), ...(remove?.length ? { requestHeadersRemove: remove } : {}) };
}

const actions = {
  APPEND_IF_EXISTS_OR_ADD: "append_or_add",
  ADD_IF_ABSENT: "add_if_absent",
  OVERWRITE_IF_EXISTS_OR_ADD: "overwrite_or_add",
  OVERWRITE_IF_EXISTS: "overwrite",
} as const;

function resolveMutation(scope: Scope, option: HeaderValueOption, path: string): HirHeaderMutation {
  const action = option.append_action ?? "APPEND_IF_EXISTS_OR_ADD";
  if (option.append !== undefined && action !== "APPEND_IF_EXISTS_OR_ADD") {
    refuse(scope, "KM2311", path, "append and append_action are both set", "keep append_action");
  }
  // Envoy reads raw_value for access logs and the like, not here.
  const { key = "", value = "" } = option.header ?? {};
  checkValue(scope, value, `${path}.header`);
  return {
    name: modifiable(scope, key, path),
    value,
    action: option.append === false ? "overwrite_or_add" : actions[action],
    keepEmpty: option.keep_empty_value ?? false,
  };
}

function checkValue(scope: Scope, value: string, path: string): void {
  const wrong = whyNoHeaderFormat(value);
  if (wrong !== undefined) {
    refuse(scope, "KM2328", path, `${JSON.stringify(value)}: ${wrong}`, "write %% for a %, and operators as in %REQ(x-a)%");
    return;
  }
  for (const operator of unknownOperators(value)) {
    note(scope, "KM2329", operator, () => path, `what ${operator} gives is known to a running proxy only: the header is not told`);
  }
}

function modifiable(scope: Scope, name: string, path: string): string {
  const lower = asciiLower(name);
  if (lower.startsWith(":") || lower === "host") {
    refuse(scope, "KM2312", path, `${lower} can't be changed by a header mutation`, "use host_rewrite_literal or a path rewrite");
  }
  return lower;
}

const pathRewrites = ["prefix_rewrite", "regex_rewrite", "path_rewrite_policy", "path_rewrite"] as const;

/** The rewrites of a route's action. */
export function resolveRewrites(scope: Scope, action: RouteAction, path: string): HirTreatment {
  const set = pathRewrites.filter((field) => action[field]);
  if (set.length > 1) refuse(scope, "KM2313", path, `${set.slice(0, 2).join(" and ")} are both set`, "keep one of them");
  const prefixRewrite = action.prefix_rewrite || undefined;
  const regexRewrite = action.regex_rewrite && resolveRegexRewrite(scope, action.regex_rewrite, `${path}.regex_rewrite`);
  const hostRewrite = resolveHostRewrite(scope, action, path);
  if (prefixRewrite === undefined && !regexRewrite && !hostRewrite) return noTreatment;
  return {
    ...(prefixRewrite === undefined ? {} : { prefixRewrite }),
    ...(regexRewrite ? { regexRewrite } : {}),
    ...(hostRewrite ? { hostRewrite } : {}),
    ...(hostRewrite && action.append_x_forwarded_host ? { appendForwardedHost: true } : {}),
  };
}

function resolveHostRewrite(scope: Scope, action: RouteAction, path: string): HirTreatment["hostRewrite"] {
  if (action.host_rewrite_literal) return { kind: "literal", value: action.host_rewrite_literal };
  if (action.host_rewrite_header) return { kind: "header", header: action.host_rewrite_header.toLowerCase() };
  const regex = action.host_rewrite_path_regex;
  if (regex) return { kind: "path_regex", rewrite: resolveRegexRewrite(scope, regex, `${path}.host_rewrite_path_regex`) };
  return action.auto_host_rewrite ? { kind: "auto" } : undefined;
}

export function resolveRegexRewrite(scope: Scope, rewrite: RegexMatchAndSubstitute, path: string): HirRegexRewrite {
  const regex = rewrite.pattern?.regex ?? "";
  checkRegex(scope, regex, `${path}.pattern`);
  return { regex, substitution: rewrite.substitution ?? "" };
}

/** Two treatments of one node as one. */
export function mergeTreatments(a: HirTreatment, b: HirTreatment): HirTreatment {
  return a === noTreatment ? b : b === noTreatment ? a : { ...a, ...b };
}
