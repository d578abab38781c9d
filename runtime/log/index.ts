/** Structured log lines, one JSON object each; levels can be changed while the daemon runs. */
export { createLog, isLevel, type Level, type Log, type Logger, levels } from "./log.ts";
export { createNews } from "./news.ts";
export { type LogOutput, openLogOutput } from "./output.ts";
