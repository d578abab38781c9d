import { createFallbacks, createFollow, type Follow, type FollowOptions } from "../index.ts";
import { testFallbacksFile, testResolver } from "./mesh.ts";

type Given = Pick<FollowOptions, "session" | "builder" | "clock" | "log">;

/** A follow of a source that has answered everything, in whatever of it a test does not give. */
export function openFollow({ clock, log, ...others }: Given & Partial<FollowOptions>): Follow {
  return createFollow({
    resolver: testResolver().forFollow,
    cgroup: "/cgroup",
    clock,
    fallbacks: createFallbacks({ file: testFallbacksFile(), clock, log }),
    settled: () => true,
    expects: () => true,
    startOver() {},
    log,
    ...others,
  });
}
