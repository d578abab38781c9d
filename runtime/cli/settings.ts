import { parseArgs } from "node:util";
import { type AdminAddress, parseAdminAddress, parseMetricsAddress } from "../admin/index.ts";
import { isLevel, type Level, levels } from "../log/index.ts";
import type { XdsLimits } from "../xds/index.ts";
import { accepted, defaultAdmin, defaultPins, refuseEmpty, UsageError } from "./main.ts";
import { nameServersOf } from "./names.ts";
import type { SourceWords } from "./source.ts";

/** What `kmesh-daemon run` was told. */
export interface Settings {
  readonly cgroup: string;
  readonly pin: string;
  readonly mount: boolean;
  readonly words: SourceWords;
  readonly debounceMs: number;
  /** Of what a control plane may make the daemon hold, where the user changes it. */
  readonly limits: Partial<XdsLimits>;
  readonly state: string;
  /** Undefined: the machine's. */
  readonly nameServers: readonly string[] | undefined;
  readonly admin: AdminAddress;
  /** Undefined: off. */
  readonly metrics: AdminAddress | undefined;
  readonly level: Level;
}

/** Throws UsageError; it holds KM6302 for an address that is not to be listened on. */
export function settingsOf(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    options: {
      cgroup: { type: "string" },
      pin: { type: "string", default: defaultPins },
      mount: { type: "boolean", default: false },
      xds: { type: "string" },
      snapshot: { type: "string" },
      bootstrap: { type: "string" },
      "xds-server-name": { type: "string" },
      "xds-mode": { type: "string", default: "sotw" },
      debounce: { type: "string", default: "10" },
      state: { type: "string", default: "/var/lib/kmesh" },
      dns: { type: "string" },
      admin: { type: "string", default: defaultAdmin },
      metrics: { type: "string", default: ":15020" },
      "log-level": { type: "string", default: "info" },
      "max-message-bytes": { type: "string" },
      "max-resources": { type: "string" },
      "max-held-bytes": { type: "string" },
    },
  });
  refuseEmpty(values);
  if (values.cgroup === undefined) throw new UsageError("run needs --cgroup PATH: whose connections are steered");
  const sources = [values.xds, values.snapshot, values.bootstrap].filter((each) => each !== undefined);
  if (sources.length > 1) throw new UsageError("give one of --xds, --snapshot and --bootstrap");
  const serverName = values["xds-server-name"];
  if (serverName !== undefined && values.snapshot !== undefined)
    throw new UsageError("--xds-server-name is of a control plane, not of --snapshot");
  const mode = values["xds-mode"];
  if (mode !== "sotw" && mode !== "delta") throw new UsageError(`--xds-mode is sotw or delta, not ${mode}`);
  const debounceMs = Number(values.debounce);
  if (!/^\d+$/.test(values.debounce) || debounceMs > 60_000) throw new UsageError("--debounce is milliseconds, from 0 to 60000");
  const level = values["log-level"];
  if (!isLevel(level)) throw new UsageError(`--log-level is one of ${levels.join(", ")}`);
  return {
    cgroup: values.cgroup,
    pin: values.pin,
    mount: values.mount,
    words:
      values.snapshot !== undefined
        ? { kind: "snapshot", file: values.snapshot }
        : values.bootstrap !== undefined
          ? { kind: "bootstrap", file: values.bootstrap, mode, serverName }
          : { kind: "xds", address: values.xds, mode, serverName },
    debounceMs,
    limits: {
      ...limitOf("messageBytes", "--max-message-bytes", values["max-message-bytes"]),
      ...limitOf("resources", "--max-resources", values["max-resources"]),
      ...limitOf("heldBytes", "--max-held-bytes", values["max-held-bytes"]),
    },
    state: values.state,
    nameServers: nameServersOf(values.dns),
    admin: accepted(parseAdminAddress(values.admin)),
    metrics: accepted(parseMetricsAddress(values.metrics)),
    level,
  };
}

/** Past 2 GiB neither a message nor a JavaScript array can be. */
const MAX_LIMIT = 2 ** 31 - 1;

function limitOf(name: keyof XdsLimits, option: string, text: string | undefined): Partial<XdsLimits> {
  if (text === undefined) return {};
  if (!/^[1-9]\d*$/.test(text) || Number(text) > MAX_LIMIT) throw new UsageError(`${option} is a whole number from 1 to ${MAX_LIMIT}`);
  return { [name]: Number(text) };
}
