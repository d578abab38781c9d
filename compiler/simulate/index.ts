export { changedPart } from "./changed.ts";
export { firstDifference } from "./compare.ts";
export { createEngine, type Engine, type EngineParts, type Simulated } from "./engine.ts";
export { derivedQuestions } from "./questions/derive.ts";
export type { DecideNames } from "./types.ts";
export { describeQuestion, prepareValidation, type ValidateOptions, type Validation, validate } from "./validate.ts";
