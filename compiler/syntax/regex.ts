import { perText } from "../memo/index.ts";
import { compileRe2 } from "./re2.ts";

/**
 * Instructions that a program may have: `re2.max_program_size.error_level` of Istio's bootstrap (Envoy's own is 100). RE2 itself counts a few
 * more, or less where the expression has `^`.
 */
export const maxProgramSize = 32_768;

/** Why Envoy's RE2 refuses an expression, in our words; undefined when it takes it. An empty one is the protos' business. */
export const whyNoRegex = perText({ texts: 4096, units: 2 ** 20 }, (expression): string | undefined => {
  try {
    const size = compileRe2(expression).programSize();
    return size > maxProgramSize ? `a program of some ${size} instructions, above ${maxProgramSize}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});
