/** The benchmark's side of connector.ts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Round, RoundResult } from "./connector.ts";

export interface Connector {
  readonly pid: number;
  round(round: Round): Promise<RoundResult>;
  end(): Promise<void>;
}

export async function startConnector(namespace: string): Promise<Connector> {
  const script = fileURLToPath(new URL("./connector.ts", import.meta.url));
  const child = spawn("ip", ["netns", "exec", namespace, process.execPath, "--import", "tsx", script], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
    env: { ...process.env, KMESH_BENCH_CONNECTOR: "1" },
  });
  await once(child, "message");
  return {
    pid: child.pid!,
    async round(round) {
      child.send(round);
      const [result] = (await once(child, "message")) as [RoundResult];
      return result;
    },
    async end() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
