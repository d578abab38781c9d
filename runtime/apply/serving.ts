import type { Kernel } from "../kernel/index.ts";
import { ApplyError } from "./error.ts";
import { FORMAT_DIGITS, pinNames } from "./pin-names.ts";
import { programArrays } from "./programs.ts";
import { setFormat } from "./set-format.ts";
import { leadsTo, listSets, type PinSet, withPin } from "./sets.ts";

/**
 * The set that serves, for those who only read. In the middle of a change from one set to another it is the new one.
 *
 * @throws ApplyError KM6204 when nothing serves there, KM6201 when it is of another version
 */
export function servingSet(kernel: Kernel, folder: string): PinSet {
  const pins = kernel.listPins(folder);
  const links = [...programArrays.keys()].map(pinNames.link).filter((name) => pins.includes(name));
  const programs = new Set(links.map((name) => withPin(kernel, `${folder}/${name}`, (link) => kernel.linkInfo(link).programId)));
  const serving = listSets(kernel, folder).find((set) => leadsTo(kernel, set, programs));
  if (!serving) throw new ApplyError("KM6204", folder, "nothing is applied there", "give the folder of the apply with --pin");
  if (serving.format !== setFormat().slice(0, FORMAT_DIGITS)) {
    throw new ApplyError(
      "KM6201",
      serving.path,
      `it was made by a version with another format (${serving.format})`,
      "use the kmeshctl of that version, or wait until a daemon of this one has applied its first generation",
    );
  }
  return serving;
}
