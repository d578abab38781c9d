import { fallbackLimitSpecs } from "../../runtime/follow/limits.ts";
import { type LimitSpec, xdsLimitSpecs } from "../../runtime/xds/limits.ts";
import { banner, table } from "./markdown.ts";

/** docs/limits.md. */
export function limitsPage(): string {
  const specs: readonly LimitSpec[] = [...Object.values(xdsLimitSpecs), ...Object.values(fallbackLimitSpecs)];
  const rows = specs.map(({ value, what, past, option }) => [
    what,
    value.toLocaleString("en-US"),
    past,
    option === undefined ? "" : `\`${option}\``,
  ]);
  return `${banner("runtime/xds/limits.ts and runtime/follow/limits.ts")}
# What a control plane can make the daemon hold and do

Everything that a control plane, broken or hostile, can make grow has a limit. Past it the last good stays, a diagnostic says so in the log and (where
there is a response to answer) in the NACK, and what was not at fault is taken. Limits of the tables stand in the diagnostics KM4xxx of
[diagnostics.md](diagnostics.md).

${table(["what", "limit", "past it", "option of run"], rows)}

\`runtime/xds/test/limits.test.ts\` and \`runtime/xds/test/memory.test.ts\` hold the client to
them, \`runtime/follow/test/fallbacks.test.ts\` what is kept over a restart.
`;
}
