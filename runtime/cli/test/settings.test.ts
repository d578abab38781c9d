/** Wrong words on the command line: each is told as wrong usage, before anything is opened. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLog } from "../../log/index.ts";
import { UsageError } from "../main.ts";
import { settingsOf } from "../settings.ts";
import { identityOf } from "../source.ts";

const settings = suite("cli: settings");
const rest = ["--cgroup", "/none"];

function usage(action: () => unknown, words: RegExp): void {
  assert.throws(action, (error: Error) => {
    assert.instance(error, UsageError, error.message);
    assert.match(error.message, words);
    return true;
  });
}

settings("an option that is given without a value", () => {
  for (const name of ["cgroup", "pin", "state", "snapshot", "bootstrap", "xds", "xds-server-name", "dns"])
    usage(() => settingsOf([...rest, `--${name}=`]), new RegExp(`^--${name} is given without a value`));
});

settings("addresses that nothing can listen on", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["--admin=0.0.0.0:15200", /KM6302 0\.0\.0\.0:15200: .*loopback/],
    ["--admin=unix:", /KM6302/],
    [`--admin=unix:/${"a".repeat(107)}`, /KM6302 .*107 bytes/],
    ["--metrics=:99999", /KM6302/],
  ];
  for (const [option, words] of cases) usage(() => settingsOf([...rest, option]), words);
  assert.is(settingsOf([...rest, `--admin=unix:/${"a".repeat(106)}`]).admin.kind, "unix");
});

settings("limits that are no whole number, or more than can be", () => {
  for (const name of ["max-message-bytes", "max-resources", "max-held-bytes"]) {
    for (const value of ["0", "-1", "1e3", "1.5", "2147483648"])
      usage(() => settingsOf([...rest, `--${name}=${value}`]), new RegExp(`^--${name} is a whole number from 1 to 2147483647`));
    assert.equal(Object.values(settingsOf([...rest, `--${name}=2147483647`]).limits), [2_147_483_647]);
  }
});

settings("addresses where no control plane can be, of the option and of the environment", () => {
  const log = createLog({ level: "error", write() {} }).logger("xds");
  const identity = (address: string): unknown => identityOf(settingsOf([...rest, `--xds=${address}`]).words, "0", log);
  for (const address of ["foo", "foo:", "foo:0", "foo:99999", "http://foo:1", "::1:15010", "unix:", "a b:1"])
    usage(() => identity(address), /^--xds .* is no address: .*HOST:PORT/);
  for (const address of ["foo:1", "10.0.0.1:15010", "[::1]:15010", "unix:/run/xds", "unix:///run/xds", "dns:///istiod:15010"])
    identity(address);
  process.env["XDS_ADDRESS"] = "foo";
  try {
    usage(() => identityOf(settingsOf(rest).words, "0", log), /^XDS_ADDRESS "foo" is no address/);
  } finally {
    delete process.env["XDS_ADDRESS"];
  }
});

settings.run();
