import type { Kernel } from "../kernel/index.ts";
import type { DaemonConnections } from "./control.ts";
import type { Grace } from "./grace.ts";
import type { Links } from "./links.ts";
import type { Live } from "./live.ts";
import type { PinSet } from "./sets.ts";

/** What the owner of a pin folder knows and changes. */
export interface Context {
  readonly kernel: Kernel;
  readonly folder: string;
  /** First digits of this version's format. */
  readonly format: string;
  readonly grace: Grace;
  readonly links: Links;
  live: Live | undefined;
  /** Sets that the next generation replaces. */
  others: readonly PinSet[];
  /** Whose connections are not steered; undefined: what the kernel was told before stays. */
  readonly daemon: DaemonConnections | undefined;
  /** What the first generation of a new set is counted from. */
  readonly lastGeneration: number;
}
