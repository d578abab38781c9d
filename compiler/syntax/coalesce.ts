/** What Envoy says against one operator, in our words; undefined when it takes it. */
type OperatorCheck = (name: string, args: string, length: number | undefined) => string | undefined;

/**
 * What Envoy 1.40 says against the parameters of %COALESCE(...)%, the first of several operators that has a value: JSON, whose list
 * `operators` has names, or objects with `command`, `param` and `max_length`.
 */
export function checkCoalesce(args: string, check: OperatorCheck): string | undefined {
  const operators = operatorsIn(args);
  if (!Array.isArray(operators)) return "%COALESCE% needs JSON with a list operators";
  if (operators.length === 0) return "the operators of %COALESCE% are none";
  // Envoy tells 1.0 from 1.
  if (/"max_length"\s*:\s*[-\d]*[.eE]/.test(args)) return "max_length must be a positive integer";
  for (const operator of operators as readonly unknown[]) {
    const wrong = checkEntry(typeof operator === "string" ? { command: operator } : operator, check);
    if (wrong !== undefined) return `in %COALESCE%: ${wrong}`;
  }
  return undefined;
}

function operatorsIn(json: string): unknown {
  try {
    return (JSON.parse(json) as { readonly operators?: unknown } | null)?.operators;
  } catch {
    return undefined;
  }
}

function checkEntry(entry: unknown, check: OperatorCheck): string | undefined {
  const { command, param = "", max_length: length } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof command !== "string") return "an operator is a name or an object with command";
  if (typeof param !== "string") return "param must be a string";
  if (length !== undefined && !(Number.isInteger(length) && Number(length) > 0)) return "max_length must be a positive integer";
  if (command === "PER_REQUEST_STATE") return "Envoy knows no PER_REQUEST_STATE here";
  return check(command, param, length === undefined ? undefined : Number(length));
}
