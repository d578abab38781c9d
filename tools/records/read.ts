import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type InterfaceDeclaration, type JSDocableNode, Node, Project, SyntaxKind, type TypeNode } from "ts-morph";
import { InternalError } from "../../compiler/diag/index.ts";
import { packageRoot } from "../../compiler/package-root.ts";

/** A field's stored form: a scalar, bytes, an address, a record, or a fixed number of one of these. */
export type FieldType =
  | { readonly kind: "int"; readonly name: "u8" | "u16" | "u32" | "u64" | "be16" | "be32" }
  | { readonly kind: "ip" }
  | { readonly kind: "bytes"; readonly length: number }
  | { readonly kind: "record"; readonly record: RecordDeclaration }
  | { readonly kind: "fixed"; readonly item: FieldType; readonly length: number };

export interface FieldDeclaration {
  readonly name: string;
  readonly type: FieldType;
  readonly offset: number;
  readonly size: number;
  readonly doc: string;
}

export interface RecordDeclaration {
  readonly name: string;
  readonly source: string;
  readonly fields: readonly FieldDeclaration[];
  readonly size: number;
  readonly align: number;
  readonly doc: string;
}

const intSizes = { u8: 1, u16: 2, u32: 4, u64: 8, be16: 2, be32: 4 } as const;

/** All records of compiler/layout/records, each after the records it holds. Throws on implicit padding and unknown types. */
export function readRecords(): readonly RecordDeclaration[] {
  const folder = join(packageRoot, "compiler/layout/records");
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
  const interfaces = new Map<string, { node: InterfaceDeclaration; source: string }>();
  for (const file of readdirSync(folder).sort())
    for (const node of project.addSourceFileAtPath(join(folder, file)).getInterfaces()) {
      if (interfaces.has(node.getName())) throw new InternalError(`record ${node.getName()} is declared twice`);
      interfaces.set(node.getName(), { node, source: file });
    }

  const done = new Map<string, RecordDeclaration>();
  const record = (name: string): RecordDeclaration => {
    const known = done.get(name);
    if (known) return known;
    const found = interfaces.get(name);
    if (!found) throw new InternalError(`no record or brand is called ${name}`);
    const built = layOut(name, found.node, found.source, record);
    done.set(name, built);
    return built;
  };
  for (const name of interfaces.keys()) record(name);
  return [...done.values()];
}

function layOut(name: string, node: InterfaceDeclaration, source: string, record: (name: string) => RecordDeclaration): RecordDeclaration {
  const fields: FieldDeclaration[] = [];
  let offset = 0;
  let align = 1;
  for (const property of node.getProperties()) {
    const type = fieldType(property.getTypeNodeOrThrow(), record);
    const [size, fieldAlign] = measure(type);
    if (offset % fieldAlign !== 0)
      throw new InternalError(
        `${name}.${property.getName()} would begin at ${offset}, not a multiple of ${fieldAlign}: declare a pad field`,
      );
    fields.push({ name: property.getName(), type, offset, size, doc: docOf(property) });
    offset += size;
    align = Math.max(align, fieldAlign);
  }
  if (offset % align !== 0) throw new InternalError(`${name} is ${offset} bytes, not a multiple of ${align}: declare a pad field`);
  return { name, source, fields, size: offset, align, doc: docOf(node) };
}

function fieldType(node: TypeNode, record: (name: string) => RecordDeclaration): FieldType {
  if (!Node.isTypeReference(node)) throw new InternalError(`a record field can't be ${node.getText()}`);
  const name = node.getTypeName().getText();
  const [first, second] = node.getTypeArguments();
  if (name in intSizes) return { kind: "int", name: name as keyof typeof intSizes };
  if (name === "Ip") return { kind: "ip" };
  if (name === "Bytes" && first) return { kind: "bytes", length: length(first) };
  if (name === "Fixed" && first && second) return { kind: "fixed", item: fieldType(first, record), length: length(second) };
  return { kind: "record", record: record(name) };
}

function length(node: TypeNode): number {
  const value = Number(node.getText().replaceAll("_", ""));
  if (!Number.isInteger(value) || value < 1) throw new InternalError(`${node.getText()} is no length: write the number`);
  return value;
}

function measure(type: FieldType): readonly [size: number, align: number] {
  switch (type.kind) {
    case "int":
      return [intSizes[type.name], intSizes[type.name]];
    case "ip":
      return [16, 4];
    case "bytes":
      return [type.length, 1];
    case "record":
      return [type.record.size, type.record.align];
    case "fixed": {
      const [size, align] = measure(type.item);
      return [size * type.length, align];
    }
  }
}

/** Comments of the properties of the constant tables, by `file#property`. */
export function readDocs(): ReadonlyMap<string, string> {
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
  const docs = new Map<string, string>();
  for (const file of ["lir/verdict.ts", "layout/flags.ts"]) {
    const source = project.addSourceFileAtPath(join(packageRoot, "compiler", file));
    for (const declaration of source.getVariableDeclarations())
      for (const property of declaration.getDescendantsOfKind(SyntaxKind.PropertyAssignment)) {
        const comment = property.getLeadingCommentRanges().at(-1)?.getText() ?? "";
        docs.set(`${declaration.getName()}#${property.getName()}`, plain(comment));
      }
  }
  return docs;
}

function docOf(node: JSDocableNode): string {
  return node
    .getJsDocs()
    .map((doc) => doc.getDescription().trim().replaceAll(/\s+/g, " "))
    .join(" ");
}

function plain(comment: string): string {
  return comment
    .replace(/^\/\*\*?/, "")
    .replace(/\*\/$/, "")
    .replaceAll(/\n\s*\*/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
