/**
 * Compiles every program that a model can need and puts the objects into dist/, where they are found on machines without clang. Part of
 * `make build`; where this machine has no clang itself, none ship, and it says so.
 */
import { everyProgram } from "../compiler/index.ts";
import { shipC } from "../compiler/toolchain/index.ts";

const programs = everyProgram();
let missing = 0;
for (const program of programs) if (!(await shipC(program))) missing++;
if (missing > 0) console.error(`${missing} of ${programs.length} programs do not ship compiled, as there is no clang here`);
