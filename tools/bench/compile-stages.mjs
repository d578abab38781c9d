/**
 * One cold run of the compiler's stages, as shipped (dist/, no loader in between); prints milliseconds a stage, peak RSS in bytes and
 * CPU milliseconds of the whole process as JSON. Started by compile.ts.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { decodeSnapshot } from "../../dist/compiler/decode/index.js";
import { Collector } from "../../dist/compiler/diag/index.js";
import { optimizeLate } from "../../dist/compiler/engine.js";
import { compileModel } from "../../dist/compiler/index.js";
import { resolveAhead, resolveSnapshot } from "../../dist/compiler/resolve/index.js";

optimizeLate();
const args = process.argv.slice(2);
const files = args.filter((a) => !a.startsWith("--")).map((path) => ({ name: basename(path), bytes: readFileSync(path) }));
const times = {};

function stage(name, run) {
  const start = performance.now();
  const result = run();
  times[name] = performance.now() - start;
  return result;
}

if (args.includes("--parse-only")) {
  stage("parse", () => JSON.parse(files[0].bytes.toString("utf8")));
} else {
  const sink = new Collector();
  const snapshot = stage("decode", () => decodeSnapshot(files, sink, (resource) => resolveAhead(resource, false)));
  const model = stage("resolve", () => resolveSnapshot(snapshot, sink));
  const compiled = stage("lower+layout+emit", () => compileModel(model, sink));
  if (!compiled || sink.has("error") || sink.has("punt")) throw new Error("not all of the mesh compiles");
}
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
console.log(JSON.stringify({ ...times, rss: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1000 }));
