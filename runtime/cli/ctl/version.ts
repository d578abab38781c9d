import { exit, printJson, UsageError } from "../main.ts";
import { buildInfo } from "../version.ts";
import { daemonAt } from "./daemon.ts";
import { ctlOptions, note } from "./options.ts";

type Build = Readonly<Record<string, string>>;

/** `version`: of this program, and of the daemon if one answers. */
export async function version(args: string[]): Promise<number> {
  const { admin, pinsOnly, output } = ctlOptions("version", args, 0);
  if (pinsOnly) throw new UsageError("the kernel has no version of a daemon: version takes --admin, not --pin");
  const client = buildInfo();
  const at = daemonAt(admin);
  const text = await at.get("/version");
  const daemon = text === undefined ? undefined : (JSON.parse(text) as Build);
  if (output === "json") printJson({ client, daemon: daemon ?? null });
  else process.stdout.write(`client version: ${words(client)}\n${daemon ? `kmesh-daemon version: ${words(daemon)}\n` : ""}`);
  if (!daemon) note(`no daemon answers at ${at.where}`);
  return exit.fine;
}

function words({ gitVersion = "unknown", gitCommit = "unknown" }: Build): string {
  return gitCommit === "unknown" ? gitVersion : `${gitVersion}-${gitCommit}`;
}
