import { parseArgs } from "node:util";
import { defaultPins, refuseEmpty, UsageError } from "../main.ts";

/** What every verb of kmeshctl takes. */
export interface CtlOptions {
  readonly admin: string | undefined;
  /** The pins are asked, not the daemon: given with --pin. */
  readonly pinsOnly: boolean;
  readonly pin: string;
  readonly output: "table" | "json";
  readonly set: string | undefined;
  readonly words: readonly string[];
}

/** `maxWords`: how many words may stand beside the options. `--set` is of `log` alone. */
export function ctlOptions(verb: string, args: string[], maxWords: number): CtlOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      admin: { type: "string" },
      pin: { type: "string" },
      output: { type: "string", short: "o" },
      json: { type: "boolean", default: false },
      set: { type: "string" },
    },
  });
  refuseEmpty(values);
  if (positionals.length > maxWords) {
    const what = maxWords === 0 ? "no word" : maxWords === 1 ? "one word" : `${maxWords} words`;
    throw new UsageError(`${verb} takes ${what} beside its options; it asks the daemon of this node, not a pod (kubectl exec into one)`);
  }
  const output = values.output ?? (values.json ? "json" : "table");
  if (output !== "table" && output !== "json") throw new UsageError(`-o is table or json, not ${JSON.stringify(output)}`);
  if (values.admin !== undefined && values.pin !== undefined)
    throw new UsageError("give one of --admin (the daemon) and --pin (the kernel)");
  if (values.set !== undefined && verb !== "log") throw new UsageError("--set belongs to log");
  return {
    admin: values.admin,
    pinsOnly: values.pin !== undefined,
    pin: values.pin ?? defaultPins,
    output,
    set: values.set,
    words: positionals,
  };
}

/** On stderr: what is shown is not what was asked for. */
export function note(text: string): void {
  process.stderr.write(`kmeshctl: ${text}\n`);
}
