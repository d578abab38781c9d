import { readAbsoluteTarget } from "./request-line.ts";

const relativeByte = /^[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]$/;

/** Whether Envoy keeps a `referer`: an http(s) URL without user information, or a relative reference; both without fragment. */
export function isReferer(value: string): boolean {
  const absolute = /^[A-Za-z]+:\/\/([^/?#]*)/.exec(value);
  if (absolute && readAbsoluteTarget(value)) return !value.includes("#") && !absolute[1]!.includes("@");
  let slash = false;
  for (const char of value) {
    if (char === "/") slash = true;
    if (!relativeByte.test(char) || (char === ":" && !slash)) return false;
  }
  return true;
}
