import type { ClusterLoadAssignment } from "../decode/gen/types.ts";
import { resultOf, setResult, type XdsResource } from "../decode/index.ts";
import { type DiagnosticSink, type Said, Transcript } from "../diag/index.ts";
import { type Assignment, emptyAssignment, resolveAssignment } from "./endpoints.ts";
import { letGoOfMessage } from "./let-go.ts";
import type { Scope } from "./scope.ts";

/** What an assignment of EDS comes to. It depends on nothing but the resource and the strictness. */
class Resolved {
  readonly strict: boolean;
  readonly assignment: Assignment;
  /** Undefined where it has nothing to say, as most. */
  readonly said: Said | undefined;

  constructor(strict: boolean, assignment: Assignment, said: Said | undefined) {
    this.strict = strict;
    this.assignment = assignment;
    this.said = said;
  }
}

/**
 * Resolves an assignment of EDS as soon as it is there, and lets go of its message: the messages of a large mesh's endpoints are never there all
 * at once. What it has to say is told when a cluster asks for it. From then on it is resolved with this strictness only.
 */
export function resolveAhead(resource: XdsResource, strict: boolean): void {
  if (resource.kind !== "endpoint") return;
  resolvedOf(resource, strict);
  letGoOfMessage(resource);
}

/** Of a snapshot's resource: what it came to before, or comes to now, and what it has to say. */
export function assignmentIn(resource: XdsResource, strict: boolean, sink: DiagnosticSink): Assignment {
  const { assignment, said } = resolvedOf(resource, strict);
  said?.tell(sink, () => resource.path);
  return assignment;
}

/** Whether a resource that was resolved had something to say. */
export function saysSomething(resource: XdsResource): boolean {
  return (resultOf(resource) as Resolved | undefined)?.said !== undefined;
}

function resolvedOf(resource: XdsResource, strict: boolean): Resolved {
  const known = resultOf(resource) as Resolved | undefined;
  if (known?.strict === strict) return known;
  const told = new Transcript(() => resource.path);
  const assignment = resolveEds({ sink: told, strict, rejected: false }, resource);
  const made = new Resolved(strict, assignment, told.ended());
  setResult(resource, made);
  return made;
}

/** An error rejects the assignment, not the cluster. */
export function resolveEds(scope: Scope, { message, path }: XdsResource): Assignment {
  const found = resolveAssignment(scope, message as ClusterLoadAssignment, path, "eds");
  return scope.rejected ? emptyAssignment : found;
}
