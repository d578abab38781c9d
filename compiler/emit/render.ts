import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type Handlebars from "handlebars";
import { InternalError } from "../diag/index.ts";
import { packageRoot } from "../package-root.ts";

/** What a template may be given: decided, named and ordered before. */
export type ViewValue = string | number | boolean | readonly ViewValue[] | { readonly [field: string]: ViewValue };
export type View = { readonly [field: string]: ViewValue };

/** The only helpers; `each`, `if` and `unless` are Handlebars' own. */
const helpers = {
  c_comment: (text: unknown) => cComment(String(text)),
  c_str: (text: unknown) => cString(String(text)),
  c_ident: (text: unknown) => cIdentifier(String(text)),
};

let environment: typeof Handlebars | undefined;

/** Loaded with the first template: commands that emit nothing need not wait for it. */
function handlebars(): typeof Handlebars {
  if (environment) return environment;
  // The package's one-file build: it loads in half the time of the modules it is made of.
  const module = createRequire(import.meta.url)("handlebars/dist/handlebars.js") as typeof Handlebars;
  environment = module.create();
  for (const [name, helper] of Object.entries(helpers)) environment.registerHelper(name, helper);
  return environment;
}

const compiled = new Map<string, { readonly run: Handlebars.TemplateDelegate; readonly fields: readonly string[] }>();

/**
 * Renders templates/<name>.hbs. The view must have exactly the top-level fields that the template names: Handlebars' strict mode lets
 * `{{#if nope}}` pass, so a misspelt field would quietly drop code.
 */
export function renderTemplate(name: string, view: View): string {
  const template = load(name);
  for (const field of template.fields) if (!(field in view)) throw new InternalError(`template ${name}: no field ${field} in the view`);
  for (const field of Object.keys(view))
    if (!template.fields.includes(field)) throw new InternalError(`template ${name} does not use ${field}`);
  return template.run(view);
}

function load(name: string): { readonly run: Handlebars.TemplateDelegate; readonly fields: readonly string[] } {
  const known = compiled.get(name);
  if (known) return known;
  const text = readFileSync(join(packageRoot, "templates", `${name}.hbs`), "utf8").replace(/^\{\{!--.*?--\}\}\n/s, "");
  const run = handlebars().compile(text, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { c_comment: true, c_str: true, c_ident: true },
  });
  const made = { run, fields: fieldsOf(handlebars().parse(text)) };
  compiled.set(name, made);
  return made;
}

/** Top-level fields that a template names (inside `each`, names are the items'). */
function fieldsOf(program: hbs.AST.Program): readonly string[] {
  const fields = new Set<string>();
  const expression = (node: hbs.AST.Node, depth: number) => {
    if (node.type !== "PathExpression") return;
    const path = node as hbs.AST.PathExpression;
    if (path.depth === depth && path.parts[0] !== undefined && !path.data) fields.add(String(path.parts[0]));
  };
  const walk = (body: readonly hbs.AST.Statement[], depth: number) => {
    for (const node of body) {
      if (node.type !== "MustacheStatement" && node.type !== "BlockStatement") continue;
      const call = node as hbs.AST.BlockStatement;
      const helper = call.params.length > 0;
      for (const target of helper ? call.params : [call.path]) expression(target, depth);
      if (node.type !== "BlockStatement") continue;
      const inner = (call.path as hbs.AST.PathExpression).original === "each" ? depth + 1 : depth;
      walk(call.program?.body ?? [], inner);
      walk(call.inverse?.body ?? [], inner);
    }
  };
  walk(program.body, 0);
  return [...fields];
}

/** Text that can't end a comment, begin another, continue the line or make a trigraph. */
export function cComment(text: string): string {
  return [...text].map((c) => (/[\x20-\x7e]/.test(c) && c !== "*" && c !== "/" && c !== "\\" && c !== "?" ? c : safe(c))).join("");
}

function safe(c: string): string {
  if (c === "*" || c === "/" || c === "?") return `%${c.charCodeAt(0).toString(16)}`;
  return [...new TextEncoder().encode(c)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** A C string literal of the text's UTF-8 bytes. */
export function cString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  // Three octal digits: a digit after the escape can't become part of it.
  return `"${bytes.map((b) => (b >= 0x20 && b < 0x7f && b !== 0x22 && b !== 0x5c && b !== 0x3f ? String.fromCharCode(b) : `\\${b.toString(8).padStart(3, "0")}`)).join("")}"`;
}

/** Identifiers are made from ids: anything else is a bug. */
export function cIdentifier(text: string): string {
  if (!/^[a-z_][a-z0-9_]*$/i.test(text)) throw new InternalError(`${JSON.stringify(text)} is no C identifier`);
  return text;
}
