import { formatSocketAddress } from "./ip.ts";
import type { HirEndpointAddress, HirFraction, HirHeaderMatch, HirPrefix, HirStringMatch } from "./model.ts";

/** Lines with their nesting. */
export class Printer {
  readonly #lines: string[] = [];
  #indent = "";

  line(text: string): void {
    this.#lines.push(this.#indent + text);
  }

  /** A line with what belongs to it, indented below. */
  node(text: string, body: () => void): void {
    this.line(text);
    const outer = this.#indent;
    this.#indent = `${outer}  `;
    body();
    this.#indent = outer;
  }

  /** A line, unless there is none. */
  maybe(text: string | undefined): void {
    if (text !== undefined) this.line(text);
  }

  /** `name value`, unless the value is the default. */
  field(name: string, value: string | number | boolean, standard: string | number | boolean): void {
    if (value !== standard) this.line(`${name} ${value}`);
  }

  toString(): string {
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }
}

/** In double quotes, everything that could break a line or drive a terminal escaped. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text));
}

/** The part of a node's path below its parent's. Names in paths are quoted already. */
export function pathBelow(path: string, parent: string): string {
  return visible(path.startsWith(parent) ? path.slice(parent.length).replace(/^\./, "") : path);
}

/** What JSON leaves as it is and a terminal or reader would not see as it is: controls, line separators, direction marks. */
function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A node's name, where its path does not end in it. */
export function nameBeside(path: string, name: string): string | undefined {
  return name === "" || path.endsWith(`[${JSON.stringify(name)}]`) ? undefined : `name ${quoted(name)}`;
}

export function fractionText({ numerator, denominator }: HirFraction): string {
  return `${numerator}/${denominator}`;
}

export function prefixText({ ip, length }: HirPrefix): string {
  return `${ip}/${length}`;
}

export function addressText(address: HirEndpointAddress): string {
  switch (address.kind) {
    case "ip":
      return formatSocketAddress(address.ip, address.port);
    case "dead":
      return `${formatSocketAddress(address.ip, address.port)} dead`;
    case "host":
      return `${quoted(address.host)}:${address.port}`;
    case "other":
      return quoted(address.text);
  }
}

export function stringMatchText(match: HirStringMatch): string {
  if (match.kind === "regex") return `safe_regex ${quoted(match.regex)}`;
  return `${match.kind} ${quoted(match.value)}${match.ignoreCase ? " ignore_case" : ""}`;
}

export function headerMatchText({ name, invert, missingAsEmpty, value }: HirHeaderMatch): string {
  const what =
    value.kind === "present"
      ? `present ${value.present}`
      : value.kind === "range"
        ? `range [${value.start}, ${value.end})`
        : stringMatchText(value);
  return `${quoted(name)} ${what}${missingAsEmpty ? " treat_missing_header_as_empty" : ""}${invert ? " invert" : ""}`;
}
