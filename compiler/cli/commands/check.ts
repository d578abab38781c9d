import { parseArgs } from "node:util";
import { Collector, compareDiagnostics, counted } from "../../diag/index.ts";
import { compileTables } from "../../tables.ts";
import { printDiagnostics, printJson, printText } from "../output.ts";
import { openSession, strictly } from "../session.ts";
import { commonOptions, countBySeverity, exactly, exitCodeOf, levelOf } from "./common.ts";

/** `check SNAPSHOT`: everything but code; nothing is written. */
export async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...commonOptions, all: { type: "boolean", default: false } },
  });
  const [path] = exactly("check", positionals, ["one snapshot"]);
  const level = levelOf(values.diagnostics, "note");
  const session = openSession(path!, { strict: values.strict, everyNote: values.all });
  const sink = new Collector({ everyNote: values.all });
  compileTables(session.model, sink);
  const diagnostics = [...session.diagnostics, ...strictly(sink.list(), values.strict)].sort(compareDiagnostics);
  const { listeners, routeConfigs, clusters } = session.model;
  const summary = {
    listeners: listeners.length,
    route_configurations: routeConfigs.length,
    clusters: clusters.length,
    ...countBySeverity(diagnostics),
  };
  if (values.json) {
    printJson({ summary, diagnostics });
  } else {
    // They are the answer, not what is said beside one.
    printDiagnostics(diagnostics, level, process.stdout, { every: values.all });
    const told = [
      counted(listeners.length, "listener"),
      counted(routeConfigs.length, "route configuration"),
      counted(clusters.length, "cluster"),
    ];
    printText(`compiled: ${told.join(", ")}`);
  }
  return exitCodeOf(diagnostics);
}
