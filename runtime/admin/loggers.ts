import { isLevel, type Level, type Log, levels } from "../log/index.ts";
import { type Answer, type Asked, json, Refusal } from "./answer.ts";
import { adminRoutes } from "./routes.ts";

/** The level of the programs' own log, which is a BPF global. */
export interface LevelControl {
  level(): Level;
  setLevel(level: Level): void;
}

/** Kmesh's name of it. */
const BPF = "bpf";

/** GET: names, or one level. POST: sets one. */
export function loggers(log: Log, bpf: LevelControl | undefined, { method, query, body }: Asked): Answer {
  const names = [...new Set([...log.names(), ...(bpf ? [BPF] : [])])];
  const unknown = (name: string): Refusal =>
    new Refusal(404, `there is no logger ${JSON.stringify(name.slice(0, 64))}`, `loggers are ${names.join(", ")}`);
  if (method === "POST") {
    const { name, level } =
      typeof body === "object" && body !== null ? (body as { readonly name?: unknown; readonly level?: unknown }) : {};
    if (typeof name !== "string" || typeof level !== "string") throw new Refusal(400, "name or level is missing", adminRoutes.loggers.body);
    if (!isLevel(level)) throw new Refusal(400, `${JSON.stringify(level.slice(0, 64))} is no level`, `levels are ${levels.join(", ")}`);
    if (name === BPF && bpf) bpf.setLevel(level);
    else if (!log.setLevel(name, level)) throw unknown(name);
    return json(200, { name, level });
  }
  const name = query.get("name");
  if (name === undefined) return json(200, names);
  const level = name === BPF && bpf ? bpf.level() : log.level(name);
  if (level === undefined) throw unknown(name);
  return json(200, { name, level });
}
