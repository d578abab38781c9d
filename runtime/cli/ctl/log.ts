import { exit, UsageError } from "../main.ts";
import { daemonAt, noDaemon } from "./daemon.ts";
import { ctlOptions } from "./options.ts";

/** `log [NAME] [--set NAME:LEVEL]`: names of loggers, the level of one, or a new level. */
export async function log(args: string[]): Promise<number> {
  const { admin, pinsOnly, output, set, words } = ctlOptions("log", args, 1);
  if (pinsOnly) throw new UsageError("levels are the daemon's: log takes --admin, not --pin");
  const [name] = words;
  if (set !== undefined && name !== undefined) throw new UsageError("log shows NAME or sets with --set, not both");
  const daemon = daemonAt(admin);
  const text = await (set !== undefined
    ? daemon.post("/debug/loggers", levelOf(set))
    : daemon.get(name === undefined ? "/debug/loggers" : `/debug/loggers?name=${encodeURIComponent(name)}`));
  if (text === undefined) throw noDaemon(daemon.where);
  process.stdout.write(output === "json" ? text : inWords(text, set !== undefined));
  return exit.fine;
}

function levelOf(set: string): { readonly name: string; readonly level: string } {
  const match = /^(.+):([^:]+)$/.exec(set);
  if (!match) throw new UsageError("--set is NAME:LEVEL, for example default:debug");
  return { name: match[1]!, level: match[2]! };
}

/** As Kmesh's kmeshctl. */
function inWords(text: string, isSet: boolean): string {
  if (isSet) return "OK\n";
  const found = JSON.parse(text) as readonly string[] | { readonly name: string; readonly level: string };
  if ("level" in found) return `Logger Name: ${found.name}\nLogger Level: ${found.level}\n`;
  return `Existing Loggers:\n${found.map((each) => `\t${each}\n`).join("")}`;
}
