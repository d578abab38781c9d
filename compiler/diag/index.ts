export { Collector, compareDiagnostics, compareText } from "./collector.ts";
export { counted } from "./counted.ts";
export { assertNever, type Diagnostic, type DiagnosticSink, InternalError, type Severity } from "./diagnostic.ts";
export { fold, type Speech } from "./fold.ts";
export { escapeControl, foldPunts, type RenderOptions, renderDiagnostic, summarize } from "./render.ts";
export type { Said } from "./said.ts";
export { Transcript } from "./transcript.ts";
