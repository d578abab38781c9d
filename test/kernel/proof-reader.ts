/** A process that runs km_prove over the pinned maps, again and again, until it is told to stop. */
import { once } from "node:events";
import { flags } from "../../compiler/bundle/format.ts";
import { servingSet } from "../../runtime/apply/index.ts";
import { openKernel } from "../../runtime/kernel/index.ts";

/** Short enough that grace periods end soon, long enough that most time is spent in the program. */
const REPEAT = 2000;

const [{ object, pins }] = (await once(process, "message")) as [{ readonly object: Uint8Array; readonly pins: string }];
const kernel = openKernel();
const set = servingSet(kernel, pins).path;
const names = kernel.listPins(set).filter((name) => name.startsWith("km_"));
const reuse = new Map(names.map((name) => [name, kernel.openPin(`${set}/${name}`)]));
const loaded = kernel.load(object, { constants: {}, immediates: new Map([[flags.KM_SHAPE_MARK, 0]]), reuse });
const program = loaded.programs.get("km_prove")!.fd;

let stop = false;
process.on("message", () => {
  stop = true;
});
process.send!("ready");
while (!stop) {
  kernel.testRun(program, { repeat: REPEAT, input: new Uint8Array(64), inputIs: "packet" });
  // Lets the message in.
  await new Promise((resolve) => setImmediate(resolve));
}
loaded.close();
for (const fd of reuse.values()) kernel.close(fd);
process.disconnect();
