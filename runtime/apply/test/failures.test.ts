/** Every call of every kind of work fails once: what runs stays whole, nothing is left behind, and the same work succeeds the next time. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ApplyReport, detach, openSession, type Session } from "../index.ts";
import { type FailingKernel, failingKernel } from "./failing-kernel.ts";
import { type FakeKernel, fakeKernel } from "./fake-kernel.ts";
import { bundleOf, folder, type MeshName, otherFormat, run } from "./meshes.ts";

const failures = suite("failures");

interface World {
  readonly fake: FakeKernel;
  readonly failing: FailingKernel;
  session?: Session;
  /** The work itself opened the session. */
  opened?: boolean;
}

interface Work {
  readonly name: string;
  prepare(world: World): Promise<void>;
  act(world: World): Promise<ApplyReport["kind"] | "done">;
  readonly ends: ApplyReport["kind"] | "done";
  /** What another daemon left half done may be whole after a failure, or still half done. */
  readonly finishes?: boolean;
  /** Work that undoes what ran: a failure leaves less of it, never something else. */
  readonly removes?: boolean;
}

function apply(
  name: string,
  before: MeshName | undefined,
  ends: ApplyReport["kind"],
  act: (session: Session) => Promise<ApplyReport>,
): Work {
  return {
    name,
    ends,
    async prepare(world) {
      world.session = openSession(world.failing.kernel, folder);
      if (before) await world.session.apply(await bundleOf(before), "/cg");
      await world.session.settle();
    },
    act: async ({ session }) => (await act(session!)).kind,
  };
}

/** Another daemon has run, and ended after `leave`. */
function left(name: string, format: string | undefined, act: Work["act"], ends: Work["ends"], leave?: (world: World) => void): Work {
  return {
    name,
    ends,
    async prepare(world) {
      const first = openSession(world.failing.kernel, folder, { ...(format && { format }) });
      await first.apply(await bundleOf("base"), "/cg");
      await first.apply(await bundleOf("shape"), "/cg");
      await first.settle();
      leave?.(world);
      first.close();
    },
    act,
  };
}

const takeOver: Work["act"] = async (world) => {
  world.session ??= openSession(world.failing.kernel, folder);
  world.opened = true;
  await world.session.settle();
  return "done";
};

/** As if the daemon had died before it swapped this link. */
function swapBack({ fake }: World): void {
  const link = fake.openPin(`${folder}/link_connect6`);
  const maps = fake.serving(folder);
  const old = fake.load(new Uint8Array(0), { constants: {}, reuse: maps });
  fake.updateLink(link, old.programs.get("km_connect6")!.fd);
  old.close();
  for (const fd of [link, ...maps.values()]) fake.close(fd);
}

const works: readonly Work[] = [
  apply("first apply", undefined, "generation", async (s) => s.apply(await bundleOf("base"), "/cg")),
  apply("nothing new", "base", "unchanged", async (s) => s.apply(await bundleOf("base"))),
  apply("one cluster", "base", "cell", async (s) => s.apply(await bundleOf("oneCluster"))),
  apply("one run", "base", "cell", (s) => s.applyRun({ cluster: 1, ...run(3, 50) })),
  apply("one run in the other table", "base", "cell", (s) => s.applyRun({ cluster: 1, ...run(3, 50, "uniform") })),
  apply("the first run of a table", "compact", "cell", (s) => s.applyRun({ cluster: 1, ...run(3, 50, "weighted") })),
  apply("two clusters", "base", "generation", async (s) => s.apply(await bundleOf("twoClusters"))),
  apply("other route", "base", "generation", async (s) => s.apply(await bundleOf("route"))),
  apply("other shape", "base", "generation", async (s) => s.apply(await bundleOf("shape"))),
  apply("growth", "base", "generation", async (s) => s.apply(await bundleOf("growth"))),
  apply("a run without room", "base", "generation", (s) => s.applyRun({ cluster: 1, ...run(200, 50) })),
  apply("to nothing", "base", "generation", async (s) => s.apply(await bundleOf("nothing"))),
  apply("from nothing", "nothing", "generation", async (s) => s.apply(await bundleOf("shape"))),
  apply("other cgroup", "base", "unchanged", async (s) => s.apply(await bundleOf("base"), "/other")),
  apply("other cgroup and shape", "base", "generation", async (s) => s.apply(await bundleOf("shape"), "/other")),
  left("take-over", undefined, takeOver, "done"),
  { ...left("take-over of a swap half done", undefined, takeOver, "done", swapBack), finishes: true },
  left(
    "upgrade",
    otherFormat,
    async (world) => {
      world.session ??= openSession(world.failing.kernel, folder);
      world.opened = true;
      const { kind } = await world.session.apply(await bundleOf("route"), "/cg");
      return kind;
    },
    "generation",
  ),
  {
    ...left(
      "detach",
      undefined,
      async ({ fake, failing }) => {
        // A failure at the very end leaves an empty folder.
        if (fake.listPins(folder).length > 0) detach(failing.kernel, folder);
        return "done";
      },
      "done",
    ),
    removes: true,
  },
];

async function prepared(work: Work): Promise<World> {
  const fake = fakeKernel();
  const world: World = { fake, failing: failingKernel(fake) };
  await work.prepare(world);
  return world;
}

function end({ fake, session }: World): void {
  session?.close();
  assert.is(fake.open(), 0, "descriptors that nobody closes");
}

for (const work of works) {
  failures(`${work.name}: every call fails once`, async () => {
    const clean = await prepared(work);
    const from = clean.failing.calls();
    assert.is(await work.act(clean), work.ends);
    const to = clean.failing.calls();
    await clean.session?.settle();
    const wanted = clean.fake.view(folder);
    const alive = clean.fake.alive();
    end(clean);
    assert.ok(to > from);

    for (let at = from + 1; at <= to; at++) {
      const world = await prepared(work);
      const { fake, failing } = world;
      const view = fake.view(folder);
      const open = fake.open();
      failing.failAt(at);
      let failed = false;
      try {
        await work.act(world);
      } catch (error) {
        failed = true;
        assert.match((error as Error).message, /injected/);
        assert.not.match((error as Error).message, /taken back/);
      }
      const call = `call ${at - from}, ${failing.failed()}`;
      failing.failAt(undefined);
      if (!failed) {
        await world.session?.settle();
        assert.is(withoutTexts(fake.view(folder)), withoutTexts(wanted), `${call}: done, but not as asked`);
      } else if (!work.removes) {
        const now = fake.view(folder);
        assert.is(now, work.finishes && now !== view ? wanted : view, `${call}: what ran is not what runs`);
        if (!world.opened) assert.is(fake.open(), open, `${call}: descriptors leak`);
      }
      if (failed || !work.removes) {
        const again = await work.act(world);
        assert.ok(["unchanged", work.ends].includes(again), `${call}: the next time it is ${again}`);
      }
      await world.session?.settle();
      assert.is(alike(fake.view(folder)), alike(wanted), `${call}: the next time it is not as asked`);
      assert.is(fake.alive(), alive, `${call}: maps, programs or links leak`);
      end(world);
    }
  });
}

/** Texts of other generations may stay until the next one. */
function withoutTexts(view: string): string {
  return view.replaceAll(/^pin .*\/(manifest|names)_.*\n/gm, "");
}

/** What programs act on, wherever it lies and whatever its number. */
function alike(view: string): string {
  return (
    view
      .replaceAll(/"generation":\d+,?|"slot":\[[\d,]*\],?|"shapeSlot":\d+,?/g, "")
      .replaceAll(/ of shape slot \d$/gm, "")
      .replaceAll(/\[\d\] \d+$/gm, "")
      .replaceAll(/^(table \w+) \d+/gm, "$1")
      // Its words change with each store; what they name is told with the endpoints.
      .replaceAll(/^table cell .*\n/gm, "")
      .replaceAll(/^root .*$/gm, "")
      .replaceAll(/manifest_\d+$/gm, "manifest")
  );
}

failures.run();
