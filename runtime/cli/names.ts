import { join } from "node:path";
import { answersFile, createResolver, machineAsk, serversProblem } from "../dns/index.ts";
import type { FollowOptions } from "../follow/index.ts";
import type { Logger } from "../log/index.ts";
import { systemClock } from "../xds/index.ts";
import { UsageError } from "./main.ts";

/** Of `--dns`: undefined where the machine's are meant. Throws UsageError. */
export function nameServersOf(text: string | undefined): readonly string[] | undefined {
  const servers = text?.split(",");
  const problem = servers && serversProblem(servers);
  if (problem !== undefined) throw new UsageError(`--dns is IP[:PORT],... of name servers: ${problem}`);
  return servers;
}

/** Looks host names up for a follower, and keeps the answers in the state folder. */
export function openResolver(state: string, servers: readonly string[] | undefined, log: Logger): FollowOptions["resolver"] {
  return (onChange) =>
    createResolver({
      ask: machineAsk(servers ? { servers } : {}),
      clock: systemClock,
      log,
      file: answersFile(join(state, "hostnames.json")),
      onChange,
    });
}
