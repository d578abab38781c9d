export { type Clang, findClang, MIN_CLANG } from "./clang.ts";
export { type CompileRequest, type CompileResult, compileC, defaultIncludes, hashIncludes, shipC, type Target } from "./compile.ts";
export { type ObjectNumbers, objectNumbers } from "./numbers.ts";
