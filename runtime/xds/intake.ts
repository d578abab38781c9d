import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { OpenAnswer } from "./answers.ts";
import type { Held } from "./entry.ts";
import type { Ledger, Staged } from "./ledger.ts";
import type { XdsLimits } from "./limits.ts";
import { typeUrls } from "./protocol.ts";
import type { Complaints } from "./report.ts";
import type { ReceivedResource, ReceivedResponse } from "./response.ts";
import type { XdsKind, XdsMode } from "./types.ts";

export interface IntakeContext {
  readonly mode: XdsMode;
  readonly limits: XdsLimits;
  /** A response of state of the world is the full set of a kind that is subscribed to as a whole. */
  readonly wildcard: boolean;
  wants(name: string): boolean;
  /** The control plane has sent something for a name that is asked for. */
  onReceived(name: string): void;
  /** A name has been answered, though it may have no resource. */
  onAnswered(name: string): void;
  report(diagnostic: Diagnostic): void;
}

/** How many resources came that nobody wants, and that were held already. */
export interface IntakeCounts {
  ignored: number;
  unchanged: number;
}

/** Puts what responses of one kind bring into the ledger; what is wrong with a resource is a complaint, and leaves the others alone. */
export interface Intake {
  /**
   * @param resent what was not read of the response
   * @param answer gets the names that wait for a verdict, and whether something of it waits to be handed out
   */
  take(response: ReceivedResponse, resent: readonly Held[], answer: OpenAnswer, complaints: Complaints): void;
}

export function createIntake(kind: XdsKind, context: IntakeContext, ledger: Ledger, counts: IntakeCounts): Intake {
  const { mode, limits, wildcard } = context;

  const note = (answer: OpenAnswer, name: string, staged: Staged, complaints: Complaints): void => {
    switch (staged.kind) {
      case "same":
        counts.unchanged += 1;
        return;
      case "pending":
        answer.names.add(name);
        answer.waitsFor.add(staged.delivery);
        return;
      case "waiting":
        answer.names.add(name);
        answer.isStaged = true;
        return;
      case "full":
        context.onAnswered(name);
        ledger.refuse(name);
        if (staged.what === "bytes") complaints.add("KM7017", name, `${limits.heldBytes} bytes of ${kind}s are held already`);
        else complaints.add("KM7016", name, `${limits.resources} ${kind}s are held already`);
    }
  };

  const takeResource = (resource: ReceivedResource, seen: Map<string, Buffer>, answer: OpenAnswer, complaints: Complaints): void => {
    const { name, bytes } = resource;
    const before = seen.get(name) ?? ledger.kept(name);
    if (before) {
      if (!before.equals(bytes)) complaints.add("KM7014", name, "stands twice in the response, with different content; the first counts");
      return;
    }
    seen.set(name, bytes);
    const problem = problemOf(resource, kind, limits);
    if (problem) {
      // A name that was cut is none.
      if (!resource.nameTooLong && context.wants(name)) ledger.refuse(name);
      context.onReceived(name);
      context.onAnswered(name);
      complaints.add(problem.code, name, problem.message);
      return;
    }
    if (!context.wants(name)) {
      counts.ignored += 1;
      return;
    }
    context.onReceived(name);
    // Without a resource it only says that the one we have still holds.
    if (isHeartbeat(resource)) ledger.keep(name);
    else note(answer, name, ledger.stage(name, bytes, resource.version, resource.place), complaints);
  };

  const takeRemoval = (name: string, answer: OpenAnswer, complaints: Complaints): void => {
    if (wildcard) {
      note(answer, name, ledger.stageRemoval(name), complaints);
      return;
    }
    if (!context.wants(name)) {
      counts.ignored += 1;
      return;
    }
    context.onReceived(name);
    context.onAnswered(name);
    if (!ledger.knows(name)) return;
    // As Envoy: endpoints and routes go when nothing refers to them, not before.
    ledger.forgetVersion(name);
    context.report({
      code: "KM7019",
      severity: "note",
      path: `${kind}s[${JSON.stringify(name)}]`,
      message: "the control plane removes it while it is referred to; it stays in use",
    });
  };

  return {
    take(response, resent, answer, complaints) {
      const seen = new Map<string, Buffer>();
      const isFullSet = wildcard && mode === "sotw";
      ledger.begin();
      for (const held of resent) ledger.keepHeld(held);
      counts.unchanged += resent.length;
      for (const resource of response.resources) takeResource(resource, seen, answer, complaints);
      for (const name of response.removed) takeRemoval(name, answer, complaints);
      if (isFullSet) ledger.stageAbsent((name, staged) => note(answer, name, staged, complaints));
    },
  };
}

/** Why a resource can't be taken, whatever its content. */
function problemOf(
  resource: ReceivedResource,
  kind: XdsKind,
  limits: XdsLimits,
): { readonly code: string; readonly message: string } | undefined {
  const { name, innerName, nameTooLong, typeUrl } = resource;
  if (nameTooLong) return { code: "KM7013", message: `its name has more than ${limits.nameBytes} bytes; it begins like this` };
  if (name === "") return { code: "KM7012", message: "a resource without a name" };
  if (isHeartbeat(resource)) return undefined;
  if (typeUrl !== typeUrls[kind]) {
    return { code: "KM7011", message: `is of type ${JSON.stringify(typeUrl.slice(0, 200))}, in a response of ${typeUrls[kind]}` };
  }
  if (innerName === undefined) return undefined;
  return { code: "KM7015", message: `the resource in it is named ${JSON.stringify(innerName)}` };
}

function isHeartbeat({ typeUrl, bytes }: ReceivedResource): boolean {
  return typeUrl === "" && bytes.length === 0;
}
