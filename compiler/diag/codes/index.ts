import { InternalError, type Severity } from "../diagnostic.ts";
import { bundleCodes } from "./bundle.ts";
import { decideCodes } from "./decide.ts";
import { decodeCodes } from "./decode.ts";
import { emitCodes } from "./emit.ts";
import { followCodes } from "./follow.ts";
import { hirCodes } from "./hir.ts";
import { layoutCodes } from "./layout.ts";
import { lowerCodes } from "./lower.ts";
import { resolveCodes } from "./resolve.ts";
import { resolveClusterCodes } from "./resolve-cluster.ts";
import { resolveHttpCodes } from "./resolve-http.ts";
import { runtimeCodes } from "./runtime.ts";
import { supportCodes } from "./support.ts";
import { supportClusterCodes } from "./support-cluster.ts";
import { supportHttpCodes } from "./support-http.ts";
import { xdsCodes } from "./xds.ts";

/** What docs/diagnostics.md and `kmesh-compile` tell about a code. */
export interface CodeInfo {
  readonly title: string;
  /** Two to four sentences: what it means, what happens, what to do. */
  readonly explain: string;
  /** Where every diagnostic of this code has the same one. */
  readonly severity?: Severity;
}

/** One entry a file of this folder, in the order of the codes. A new file needs a line here (a test tells when it is missing). */
export const codeFiles: readonly { readonly file: string; readonly codes: Readonly<Record<string, CodeInfo>> }[] = [
  { file: "decode", codes: decodeCodes },
  { file: "support", codes: supportCodes },
  { file: "support-http", codes: supportHttpCodes },
  { file: "support-cluster", codes: supportClusterCodes },
  { file: "resolve", codes: resolveCodes },
  { file: "resolve-http", codes: resolveHttpCodes },
  { file: "resolve-cluster", codes: resolveClusterCodes },
  { file: "hir", codes: hirCodes },
  { file: "lower", codes: lowerCodes },
  { file: "decide", codes: decideCodes },
  { file: "layout", codes: layoutCodes },
  { file: "emit", codes: emitCodes },
  { file: "bundle", codes: bundleCodes },
  { file: "runtime", codes: runtimeCodes },
  { file: "follow", codes: followCodes },
  { file: "xds", codes: xdsCodes },
];

/** Every code that the compiler can report. Throws InternalError where two files declare one. */
export const codes: Readonly<Record<string, CodeInfo>> = assemble();

function assemble(): Readonly<Record<string, CodeInfo>> {
  const all: Record<string, CodeInfo> = {};
  for (const { file, codes } of codeFiles) {
    for (const [code, info] of Object.entries(codes)) {
      if (all[code]) throw new InternalError(`code ${code} of codes/${file}.ts is declared twice`);
      all[code] = info;
    }
  }
  return Object.freeze(all);
}
