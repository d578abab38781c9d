import type { Matcher, Matcher_MatcherList_Predicate, Matcher_OnMatch } from "../decode/gen/types.ts";
import { isOfOtherBuild } from "../decode/index.ts";
import { type ResolveCode, refuse, type Scope } from "./scope.ts";

/** What a generic matcher may hold where it stands. */
export interface TreeRules {
  /** Of what Envoy refuses of it. */
  readonly code: ResolveCode;
  /** Whether Envoy has an input of this type there, beside a variable of its environment. */
  readonly hasInput: (type: string) => boolean;
  /** In words: what is found by a match. */
  readonly finds: string;
  /** To the user: what to match on. */
  readonly instead: string;
  /** A match leads to another tree, or to what is found. */
  readonly meet: (found: Matcher_OnMatch, path: string) => void;
}

const customTrees: ReadonlySet<string> = new Set(["xds.type.matcher.v3.IPMatcher", "xds.type.matcher.v3.ServerNameMatcher"]);

/** A tree is left to a proxy; what Envoy refuses of it is refused. `path` is for where it stands. */
export function checkTree(scope: Scope, tree: Matcher, path: string, rules: TreeRules): void {
  const meet = (found: Matcher_OnMatch | undefined, at: string): void => {
    if (!found) return;
    rules.meet(found, at);
    if (found.matcher) checkTree(scope, found.matcher, `${at}.matcher`, rules);
  };
  for (const [i, { predicate, on_match }] of (tree.matcher_list?.matchers ?? []).entries()) {
    const at = `${path}.matcher_list.matchers[${i}]`;
    checkPredicate(scope, predicate, `${at}.predicate`, rules);
    meet(on_match, `${at}.on_match`);
  }
  const { input, custom_match: custom, ...maps } = tree.matcher_tree ?? {};
  checkInput(scope, input?.typed_config?.any, `${path}.matcher_tree.input`, rules);
  checkMatcher(scope, custom?.typed_config?.any, `${path}.matcher_tree.custom_match`, rules, (type) => customTrees.has(type));
  for (const kind of ["exact_match_map", "prefix_match_map"] as const) {
    for (const [key, found] of Object.entries(maps[kind]?.map ?? {}))
      meet(found, `${path}.matcher_tree.${kind}.map[${JSON.stringify(key)}]`);
  }
  meet(tree.on_no_match, `${path}.on_no_match`);
}

function checkPredicate(scope: Scope, predicate: Matcher_MatcherList_Predicate | undefined, path: string, rules: TreeRules): void {
  if (!predicate) return;
  const { input, custom_match: custom } = predicate.single_predicate ?? {};
  checkInput(scope, input?.typed_config?.any, `${path}.single_predicate.input`, rules);
  const at = `${path}.single_predicate.custom_match`;
  // That of CEL takes no input but its own, which is one of neither place.
  checkMatcher(scope, custom?.typed_config?.any, at, rules, (type) => type.startsWith("envoy.extensions.matching.input_matchers."));
  checkPredicate(scope, predicate.not_matcher, `${path}.not_matcher`, rules);
  for (const kind of ["or_matcher", "and_matcher"] as const) {
    for (const [i, one] of (predicate[kind]?.predicate ?? []).entries())
      checkPredicate(scope, one, `${path}.${kind}.predicate[${i}]`, rules);
  }
}

function checkMatcher(
  scope: Scope,
  type: string | undefined,
  path: string,
  { code }: TreeRules,
  isMatcher: (type: string) => boolean,
): void {
  if (type === undefined || isMatcher(type) || isOfOtherBuild(type)) return;
  refuse(scope, code, path, `Envoy has no matcher ${type} here`, "match by value_match, or by a map");
}

const environment = "envoy.extensions.matching.common_inputs.environment_variable.v3.Config";

function checkInput(scope: Scope, type: string | undefined, path: string, { code, hasInput, finds, instead }: TreeRules): void {
  if (type === undefined || type === environment || hasInput(type) || isOfOtherBuild(type)) return;
  refuse(scope, code, path, `${type} is no input that ${finds} can be chosen by`, instead);
}
