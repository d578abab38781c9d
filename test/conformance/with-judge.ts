/** What the programs that ask a real Envoy have in common: Envoy installed, a sandbox, a judge in it, an exit code. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installEnvoy } from "./install.ts";
import { type Judge, startJudge } from "./judge.ts";
import { enterSandbox, makeAllAddressesLocal, sandboxFolder, whyNoSandbox } from "./sandbox.ts";

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Runs `ask` with a judge, inside a sandbox; resolves to its exit code. Where the machine gives no network namespace it says SKIPPED, which is
 * a failure under CI.
 */
export async function withJudge(ask: (judge: Judge) => Promise<number>): Promise<number> {
  const binary = installEnvoy(root);
  const folder = sandboxFolder();
  if (folder === undefined) {
    const missing = whyNoSandbox();
    if (missing === undefined) return await enterSandbox();
    process.stdout.write(`SKIPPED: no network namespace for a real Envoy: ${missing}\n`);
    return process.env["CI"] ? 1 : 0;
  }
  makeAllAddressesLocal();
  const judge = await startJudge(binary, folder);
  return await ask(judge).finally(() => judge.stop());
}
