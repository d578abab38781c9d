import { isAuthority } from "./request-line.ts";

const relativeByte = /^[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]$/;

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:([^/?#@]*)@)?([^/?#@]*)(?:[/?#][!-~]*)?$/;

/** Whether Envoy keeps a `referer`: a URL of any scheme without user information, or a relative reference; both without fragment. */
export function isReferer(value: string): boolean {
  const url = absolute.exec(value);
  if (url && isAuthority(url[2]!)) return !value.includes("#") && !url[1];
  let slash = false;
  for (const char of value) {
    if (char === "/") slash = true;
    if (!relativeByte.test(char) || (char === ":" && !slash)) return false;
  }
  return true;
}
