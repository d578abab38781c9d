/**
 * Compiles every program that a model can need and puts the objects into dist/, where they are found on machines without clang. Part of
 * `make build`. Where this machine has no clang, none ship, and it says so; where a clang can make some and not all, the build fails.
 */
import { renderDiagnostic } from "../compiler/diag/index.ts";
import { everyProgram } from "../compiler/index.ts";
import { findClang, shipC } from "../compiler/toolchain/index.ts";

const programs = everyProgram();
const problems = [];
for (const program of programs) {
  const problem = await shipC(program);
  if (problem) problems.push(problem);
}
if (problems.length > 0) {
  console.error(`${problems.length} of ${programs.length} programs do not ship compiled:`);
  console.error(renderDiagnostic(problems[0]!, { colour: false }));
  if (findClang()) process.exitCode = 1;
}
