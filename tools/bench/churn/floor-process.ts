/**
 * What a change costs at least on this machine: the responses of `flap`, by the same control plane and relay, to floor-client.ts. Arguments: how
 * many changes, milliseconds between two, a file of 8 bytes. Tells the milliseconds of each.
 */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { kernel } from "../../../test/kernel/harness.ts";
import { flap, flapped } from "./mesh.ts";
import { startChangingPlane } from "./plane.ts";
import { bind, cpus } from "./processes.ts";
import { startRelay } from "./relay.ts";

/** Milliseconds that a response gets to be seen. */
const PATIENCE = 5000;

const [count, everyMs, file] = process.argv.slice(2) as [string, string, string];
const counter = kernel().map(openSync(file, "r+"), 8);
const plane = await startChangingPlane({ cluster: {}, endpoint: { [flapped.cluster]: flap(0) }, listener: {}, route: {} });
const relay = await startRelay(plane.address);
const script = fileURLToPath(new URL("floor-client.ts", import.meta.url));
const client = spawn(process.execPath, ["--import", "tsx", script, relay.address, file], {
  stdio: ["ignore", "inherit", "inherit", "ipc"],
});
client.on("exit", () => process.exit(1));
while (counter.load(0) === 0n) await pause(10);
const { daemon, others } = cpus();
bind(client.pid!, daemon);
bind(process.pid, others);

const times: number[] = [];
const contents = Array.from({ length: Number(count) }, (_, n) => flap(n));
for (const bytes of contents) {
  const before = counter.load(0);
  const seen = new Promise<void>((resolve) => {
    relay.onWritten = (at) => {
      for (const end = performance.now() + PATIENCE; counter.load(0) === before; ) {
        if (performance.now() > end) throw new Error("the client is silent");
      }
      times.push(Number(process.hrtime.bigint() - at) / 1e6);
      resolve();
    };
  });
  plane.send("endpoint", { [flapped.cluster]: bytes });
  await seen;
  await pause(Number(everyMs));
}
client.removeAllListeners("exit").disconnect();
process.send!(times, () => process.exit(0));
