import { Session } from "node:inspector/promises";
import { getHeapSnapshot } from "node:v8";
import { type Answer, Refusal } from "./answer.ts";

/** Profiles of this process. One at a time: each costs time and memory. */
export interface Profiles {
  cpu(seconds: string | undefined): Promise<Answer>;
  heap(): Answer;
}

const DEFAULT_SECONDS = 10;
const MAX_SECONDS = 30;

export function createProfiles(): Profiles {
  let busy = false;
  const begin = (): void => {
    if (busy) throw new Refusal(409, "another profile is under way", "try again when it has ended");
    busy = true;
  };
  return {
    async cpu(text) {
      const seconds = text === undefined ? DEFAULT_SECONDS : Number(text);
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
        throw new Refusal(400, `seconds is a whole number from 1 to ${MAX_SECONDS}`);
      begin();
      const session = new Session();
      try {
        session.connect();
        await session.post("Profiler.enable");
        await session.post("Profiler.start");
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref());
        const { profile } = await session.post("Profiler.stop");
        return { status: 200, body: JSON.stringify(profile), type: "application/json", headers: asFile("kmesh-daemon.cpuprofile") };
      } finally {
        session.disconnect();
        busy = false;
      }
    },
    heap() {
      begin();
      const body = getHeapSnapshot();
      body.once("close", () => {
        busy = false;
      });
      return { status: 200, body, type: "application/json", headers: asFile("kmesh-daemon.heapsnapshot") };
    },
  };
}

function asFile(name: string): Readonly<Record<string, string>> {
  return { "content-disposition": `attachment; filename=${name}` };
}
