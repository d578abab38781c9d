import { support } from "../../compiler/decode/support/index.ts";

const withoutPackage = (name: string): string => name.slice(name.search(/\.[A-Z]/) + 1);

/** `Cluster.EdsClusterConfig`; with the package's last words where two packages have a message of that name. */
export function shortName(name: string): string {
  const short = withoutPackage(name);
  const rivals = Object.keys(support).filter((other) => withoutPackage(other) === short);
  if (rivals.length <= 1) return short;
  const parts = name.slice(0, name.length - short.length - 1).split(".");
  return `${parts
    .filter((part) => !/^v\d/.test(part))
    .slice(-2)
    .join(".")}.${short}`;
}
