import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { replaceFile } from "../keep/index.ts";
import { dnsLimits } from "./limits.ts";
import type { Answers } from "./types.ts";

/** Last good answers, for the next process. */
export interface AnswersFile {
  /** Empty where there is no such file, or none that can be used. */
  read(): Answers;
  /** By one rename. Errors of the file system are thrown. */
  write(answers: Answers): void;
}

export function answersFile(path: string): AnswersFile {
  return {
    read() {
      try {
        const entries = Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>);
        return new Map(entries.slice(0, dnsLimits.names).filter((entry): entry is [string, string[]] => isAnswer(entry[1])));
      } catch {
        return new Map();
      }
    },
    write(answers) {
      replaceFile(path, `${JSON.stringify(Object.fromEntries(answers), undefined, 1)}\n`);
    },
  };
}

function isAnswer(value: unknown): boolean {
  return Array.isArray(value) && value.length <= dnsLimits.addresses && value.every((each) => typeof each === "string" && isIP(each) > 0);
}
