import type { HirRouteConfig, HirVirtualHost } from "../hir/index.ts";
import { createParts, perObject } from "../memo/index.ts";

const cut = createParts(({ name }: HirVirtualHost) => name);

/** The virtual hosts of a table in parts: what is made of a part stays when others change. */
export const vhostParts = perObject(({ vhosts }: HirRouteConfig) => cut(vhosts));
