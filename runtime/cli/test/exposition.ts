/** A strict reader of the text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Throws on what a scraper would refuse, and on what it would take and misread. */
export function parseExposition(text: string): readonly Family[] {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families: Family[] = [];
  const series = new Set<string>();
  let help: string | undefined;
  let samples: Family["samples"][number][] = [];
  for (const line of text.slice(0, -1).split("\n")) {
    const helped = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)*)$/.exec(line);
    const typed = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line);
    if (helped) help = helped[2]!;
    else if (typed) {
      if (help === undefined || families.some(({ name }) => name === typed[1])) throw new Error(`type without help, or twice: ${line}`);
      samples = [];
      families.push({ name: typed[1]!, type: typed[2]!, help, samples });
      help = undefined;
    } else if (sample) {
      const family = families.at(-1);
      const suffix = sample[1]!.slice(family?.name.length ?? 0);
      const known = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (!family || !sample[1]!.startsWith(family.name) || !known.includes(suffix)) throw new Error(`of no family: ${line}`);
      const key = line.slice(0, line.lastIndexOf(" "));
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      samples.push({ name: sample[1]!, labels: labelsOf(sample[2] ?? ""), value: Number(sample[3]!.replace("Inf", "Infinity")) });
    } else throw new Error(`no line of the format: ${line}`);
  }
  return families;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/g)];
  if (pairs.map(([whole]) => whole).join("") !== text) throw new Error(`no labels: ${text}`);
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, value!]));
}
