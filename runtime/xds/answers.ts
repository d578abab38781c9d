import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Delivery } from "./entry.ts";

/** Responses of one kind on a stream that are not answered yet. */
export interface Answers {
  add(answer: OpenAnswer): void;
  /** What was staged has been handed out: in this delivery, or there was nothing to hand out. */
  wait(delivery: Delivery | undefined): void;
  /** Answers those that wait for nothing, in the order of the responses. */
  give(): void;
  /** Nobody waits for them any more. */
  drop(): void;
  /** About what they cost to keep. */
  bytes(): number;
}

/** A response while it is read. */
export interface OpenAnswer {
  readonly nonce: string;
  readonly version: string;
  problems: readonly Diagnostic[];
  /** What it depends on: names that it changed, or that came with the bytes of an undecided delivery. */
  readonly names: Set<string>;
  readonly waitsFor: Set<Delivery>;
  /** It has changes that are not handed out yet. */
  isStaged: boolean;
}

type Answer = OpenAnswer & { readonly bytes: number };

/** @param send ACK, or NACK where there is a rejection */
export function createAnswers(send: (nonce: string, version: string, rejection: readonly Diagnostic[] | undefined) => void): Answers {
  let open: Answer[] = [];
  let bytes = 0;
  return {
    add(answer) {
      const size = bytesOf(answer);
      bytes += size;
      open.push({ ...answer, bytes: size });
    },
    wait(delivery) {
      for (const answer of open) {
        if (answer.isStaged && delivery) answer.waitsFor.add(delivery);
        answer.isStaged = false;
      }
    },
    give() {
      while (open.length > 0) {
        const answer = open[0]!;
        if (answer.isStaged || [...answer.waitsFor].some(({ verdict }) => verdict === undefined)) return;
        open.shift();
        bytes -= answer.bytes;
        const rejection = [...answer.problems, ...[...answer.waitsFor].flatMap((delivery) => objections(delivery, answer.names))];
        send(answer.nonce, answer.version, isRejected(answer) ? rejection : undefined);
      }
    },
    drop() {
      open = [];
      bytes = 0;
    },
    bytes: () => bytes,
  };
}

/** What an object or an entry of a set costs beside its text. */
const OVERHEAD = 64;

function bytesOf({ nonce, version, names }: OpenAnswer): number {
  let bytes = 4 * OVERHEAD + nonce.length + version.length;
  for (const name of names) bytes += OVERHEAD + name.length;
  return bytes;
}

function isRejected({ problems, waitsFor, names }: Answer): boolean {
  return problems.length > 0 || [...waitsFor].some((delivery) => concerns(delivery, names));
}

function objections(delivery: Delivery, names: ReadonlySet<string>): readonly Diagnostic[] {
  return delivery.verdict?.kind === "rejected" && concerns(delivery, names) ? delivery.verdict.diagnostics : [];
}

/** Whether a rejection is about one of the names; one that names none of the delivery's resources is about all. */
function concerns({ verdict, rejected, changed, removed }: Delivery, names: ReadonlySet<string>): boolean {
  if (verdict?.kind !== "rejected") return false;
  const has = (name: string): boolean => rejected.has(name);
  return [...names].some(has) || !([...changed.keys()].some(has) || removed.some(has));
}
