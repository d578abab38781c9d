import { InternalError } from "../diag/index.ts";
import type { LirDfa } from "../lir/decide.ts";
import { compileRe2 } from "../syntax/index.ts";
import { minimizeDfa } from "./decide-minimize.ts";

/** What one expression may cost; beyond it there is no automaton and whoever asks is left to a proxy. */
export interface DfaLimits {
  readonly states: number;
  /** Steps of the construction. */
  readonly work: number;
}

/** re2js's compiled program: RE2's, over code points; here over bytes, as Envoy runs RE2 on bytes (Latin-1). */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
  readonly numLb: number;
}

const op = { alt: 1, altMatch: 2, capture: 3, empty: 4, fail: 5, match: 6, nop: 7, rune: 8, rune1: 9, any: 10, anyNotNewline: 11 };
const empty = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBoundary: 16, noWordBoundary: 32 };

/** What stood before the next byte, as far as empty-width assertions ask. */
const before = { nothing: 0, word: 1, newline: 2, other: 3 };
const END = 256;

/**
 * Subset construction over RE2's own program: a full match, one step a byte. A state is the set of instructions that wait for the next
 * byte and what kind of byte came before; assertions (`^ $ \b`, multi-line too) are settled when the next byte is known. Undefined past a limit.
 */
export function compileDfa(regex: string, limits: DfaLimits): LirDfa | undefined {
  const program = programOf(regex);
  const sets = program.inst.map((instruction) => byteSet(instruction));
  const looks = lookAround(program);
  const { classOf, samples } = byteClasses(sets, looks);
  const classes = samples.length + 1;

  const states = new Map<string, number>();
  const queue: { readonly waiting: readonly number[]; readonly kind: number }[] = [];
  const idOf = (waiting: readonly number[], kind: number): number => {
    if (waiting.length === 0) return 0;
    const key = `${kind} ${waiting.join(" ")}`;
    let id = states.get(key);
    if (id === undefined) {
      id = queue.length + 1;
      states.set(key, id);
      queue.push({ waiting, kind });
    }
    return id;
  };
  const start = idOf([program.start], before.nothing);
  const rows: number[][] = [];
  const closure = createClosure(program);
  let work = 0;
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > limits.states) return undefined;
    const { waiting, kind } = queue[at]!;
    const row: number[] = [];
    let last: { readonly flags: number; readonly reached: readonly number[] } | undefined;
    for (const byte of [...samples, END]) {
      const flags = looks.any ? assertions(kind, byte) : kind === before.nothing ? empty.beginText | empty.beginLine : 0;
      const here = byte === END && !looks.any ? flags | empty.endText | empty.endLine : flags;
      if (!last || last.flags !== here) last = { flags: here, reached: closure(waiting, here) };
      work += last.reached.length + 1;
      if (byte === END) {
        row.push(last.reached.some((pc) => program.inst[pc]!.op === op.match) ? 1 : 0);
        continue;
      }
      const next = last.reached.filter((pc) => sets[pc]?.[byte] === 1).map((pc) => program.inst[pc]!.out);
      row.push(
        idOf(
          [...new Set(next)].sort((a, b) => a - b),
          looks.any ? kindOf(byte, looks) : before.other,
        ),
      );
    }
    if (work > limits.work) return undefined;
    rows.push(row);
  }
  return minimizeDfa({ regex, classOf, classes, rows, start });
}

function programOf(regex: string): Program {
  // The compiled program is not part of re2js's types; a release that moves it fails here, in the tests.
  const compiled = compileRe2(regex) as unknown as { readonly re2Input?: { readonly prog?: Program } };
  const program = compiled.re2Input?.prog;
  if (!program) throw new InternalError("re2js keeps its compiled program elsewhere now");
  if (program.numLb > 0) throw new InternalError(`HIR holds a regex that RE2 refuses (look-behind): ${regex}`);
  return program;
}

/** 1 for each byte that the instruction takes; undefined for those that take none. */
function byteSet(instruction: Instruction): Uint8Array | undefined {
  const { op: kind } = instruction;
  if (kind < op.rune || kind > op.anyNotNewline) return undefined;
  const set = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    set[byte] = Number(kind === op.any || (kind === op.anyNotNewline ? byte !== 10 : instruction.matchRune(byte)));
  }
  return set;
}

interface LookAround {
  readonly words: boolean;
  readonly lines: boolean;
  readonly any: boolean;
}

function lookAround(program: Program): LookAround {
  const flags = program.inst.reduce((all, { op: kind, arg }) => (kind === op.empty ? all | arg : all), 0);
  const words = (flags & (empty.wordBoundary | empty.noWordBoundary)) !== 0;
  const lines = (flags & (empty.beginLine | empty.endLine)) !== 0;
  return { words, lines, any: words || lines };
}

/** Bytes that no instruction tells apart are one class; each class has a sample. Classes are numbered by their first byte. */
function byteClasses(
  sets: readonly (Uint8Array | undefined)[],
  looks: LookAround,
): { readonly classOf: Uint8Array; readonly samples: readonly number[] } {
  const distinct = [...new Set(sets.flatMap((set) => (set ? [set.join("")] : [])))];
  const classOf = new Uint8Array(256);
  const samples: number[] = [];
  const seen = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const key = `${distinct.map((set) => set[byte]).join("")} ${looks.words && isWord(byte)} ${looks.lines && byte === 10}`;
    let id = seen.get(key);
    if (id === undefined) {
      id = samples.length;
      seen.set(key, id);
      samples.push(byte);
    }
    classOf[byte] = id;
  }
  return { classOf, samples };
}

function isWord(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a);
}

function kindOf(byte: number, looks: LookAround): number {
  if (looks.words && isWord(byte)) return before.word;
  return looks.lines && byte === 10 ? before.newline : before.other;
}

/** The assertions that hold between what came before and `byte` (END: the end of the text). */
function assertions(kind: number, byte: number): number {
  const word = byte !== END && isWord(byte);
  return (
    (kind === before.nothing ? empty.beginText | empty.beginLine : 0) |
    (kind === before.newline ? empty.beginLine : 0) |
    (byte === END ? empty.endText | empty.endLine : 0) |
    (byte === 10 ? empty.endLine : 0) |
    ((kind === before.word) !== word ? empty.wordBoundary : empty.noWordBoundary)
  );
}

/** Follows what takes no byte; gives instructions that take one, and matches. */
function createClosure(program: Program): (from: readonly number[], flags: number) => readonly number[] {
  const mark = new Uint32Array(program.inst.length);
  let round = 0;
  return (from, flags) => {
    round++;
    const out: number[] = [];
    const stack = [...from];
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (mark[pc] === round) continue;
      mark[pc] = round;
      const instruction = program.inst[pc]!;
      switch (instruction.op) {
        case op.alt:
        case op.altMatch:
          stack.push(instruction.out, instruction.arg);
          break;
        case op.capture:
        case op.nop:
          stack.push(instruction.out);
          break;
        case op.empty:
          if ((instruction.arg & ~flags) === 0) stack.push(instruction.out);
          break;
        case op.fail:
          break;
        case op.match:
        case op.rune:
        case op.rune1:
        case op.any:
        case op.anyNotNewline:
          out.push(pc);
          break;
        default:
          throw new InternalError(`re2js has an instruction that we do not know: ${instruction.op}`);
      }
    }
    return out;
  };
}
