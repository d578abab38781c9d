import type { HirAction, HirHeaderMatch, HirRoute, HirStringMatch } from "../hir/index.ts";

/** The route that stands before `route` for those of its requests that these headers tell; its path is the route's with a word behind. */
export function routeInFront(route: HirRoute, word: string, headers: readonly HirHeaderMatch[], action: HirAction): HirRoute {
  const match = { ...route.match, headers: [...route.match.headers, ...headers] };
  return { ...route, path: `${route.path}.${word}`, inFrontOf: route.path, match, action, treatment: {} };
}

/** The same for what is left to a proxy: all of these requests are, whatever share of them the route takes. */
export function puntInFront(route: HirRoute, word: string, header: HirHeaderMatch, why: string): HirRoute {
  const { fraction: _share, ...match } = route.match;
  return routeInFront({ ...route, match }, word, [header], { kind: "punt", why });
}

export function headerIs(name: string, value: HirStringMatch): HirHeaderMatch {
  return { name, invert: false, missingAsEmpty: false, value };
}
