/**
 * Compiles a message declaration into an encoder and a decoder per version, as emitted source.
 *
 * One function per struct: it reads (or writes) the fields in wire order with calls that are
 * monomorphic at their place, which the JIT inlines, and makes each struct as one object literal
 * with all fields in schema order, so that it keeps one hidden class whatever the version.
 */
import type { Field, Message, Struct } from "../schema/schema.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";
import {
  defaultOf,
  type FieldShape,
  isDefault,
  isFlexible,
  requireVersion,
  shapeOf,
  type StructShape,
} from "./shape.ts";

export type Decode = (reader: Reader) => Record<string, unknown>;
export type Encode = (writer: Writer, value: Record<string, unknown>) => void;

/** Compiles the decoder of one version. */
export function compileDecoder(message: Message, version: number): Decode {
  requireVersion(message, version);
  return new Emitter(message, version).decoder();
}

/** Compiles the encoder of one version. */
export function compileEncoder(message: Message, version: number): Encode {
  requireVersion(message, version);
  return new Emitter(message, version).encoder();
}

const METHODS: Record<string, string> = {
  bytes: "ByteArray",
  string: "String",
  records: "Records",
};

/** The reader's and writer's method for a scalar: `nullableCompactString`, `int32`. */
function methodOf(field: Field, nullable: boolean, compact: boolean): string {
  const base = METHODS[field.kind];
  if (base === undefined) return field.kind;
  const name = (nullable ? "Nullable" : "") + (compact ? "Compact" : "") + base;
  return name[0].toLowerCase() + name.slice(1);
}

class Emitter {
  private readonly functions: string[] = [];
  private readonly names = new Map<Struct, string>();
  /** Values that the emitted source refers to as `c[i]`. */
  private readonly constants: unknown[] = [];
  private readonly flexible: boolean;

  constructor(private readonly message: Message, private readonly version: number) {
    this.flexible = isFlexible(message, version);
  }

  decoder(): Decode {
    const root = this.decodeFunction(this.message);
    return this.build(root) as Decode;
  }

  encoder(): Encode {
    const root = this.encodeFunction(this.message);
    return this.build(root) as Encode;
  }

  private build(root: string): unknown {
    const source = `"use strict";\n${this.functions.join("\n")}\nreturn ${root};\n` +
      `//# sourceURL=takhin:${this.message.name}.v${this.version}.${root}`;
    return new Function("c", "isDefault", source)(this.constants, isDefault);
  }

  private constant(value: unknown): string {
    const index = this.constants.push(value) - 1;
    return `c[${index}]`;
  }

  private shape(struct: Struct): StructShape {
    return shapeOf(struct, this.version, this.flexible);
  }

  private name(prefix: string, struct: Struct): string {
    const name = `${prefix}${struct.name}${this.names.size || ""}`;
    this.names.set(struct, name);
    return name;
  }

  /** An expression for a field's default; arrays, bytes and structs are made afresh. */
  private defaultExpression(field: Field): string {
    const value = defaultOf(field);
    if (field.kind === "array" && value !== null) return "[]";
    if (field.kind === "struct" && value !== null) {
      const entries = Object.entries(field.struct!.fields)
        .map(([name, inner]) => `${name}: ${this.defaultExpression(inner)}`);
      return `{ ${[...entries, "unknownTaggedFields: undefined"].join(", ")} }`;
    }
    if (value instanceof Uint8Array) return this.constant(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return JSON.stringify(value);
  }

  private decodeFunction(struct: Struct): string {
    const known = this.names.get(struct);
    if (known !== undefined) return known;
    const name = this.name("read", struct);
    const shape = this.shape(struct);
    const local = new Map(shape.fields.map((field, i) => [field, `f${i}`]));
    const body: string[] = [];
    for (const field of shape.plain) {
      body.push(`let ${local.get(field)};`, this.decodeField(field, local.get(field)!));
    }
    for (const field of shape.tagged) {
      body.push(`let ${local.get(field)} = ${this.defaultExpression(field.field)};`);
    }
    body.push("let unknown;");
    if (this.flexible) {
      const cases = shape.tagged.map((field) =>
        `case ${field.tag}: ${this.decodeField(field, local.get(field)!)} ` +
        `r.endTaggedField(tag, start, size); break;`
      );
      body.push(
        "for (let left = r.uvarint(); left > 0; left--) {",
        "const tag = r.uvarint(); const size = r.uvarint(); const start = r.pos;",
        `switch (tag) { ${cases.join("\n")}`,
        "default: unknown = r.unknownTaggedField(tag, size, unknown); } }",
      );
    }
    const entries = shape.fields.map((field) =>
      `${field.name}: ${field.present ? local.get(field) : this.defaultExpression(field.field)}`
    );
    entries.push("unknownTaggedFields: unknown");
    this.functions.push(
      `function ${name}(r) {\n${body.join("\n")}\nreturn { ${entries.join(", ")} };\n}`,
    );
    return name;
  }

  /** Statements that decode a field into the variable `into`. */
  private decodeField(shape: FieldShape, into: string): string {
    const { field, name, nullable, compact, tag } = shape;
    const label = JSON.stringify(name);
    if (field.kind === "array") {
      const element = field.element!;
      const structs = element.kind === "struct";
      const length = compact ? "compactArrayLength" : "arrayLength";
      const item = structs
        ? `${this.decodeFunction(element.struct!)}(r)`
        : this.decodeScalar(element, label, false, compact);
      const whenNull = nullable ? `${into} = null;` : `r.fail(${label} + " must not be null");`;
      return `{ const n = r.${length}(${structs}); if (n < 0) { ${whenNull} } else { ${into} = []; ` +
        `for (let i = 0; i < n; i++) ${into}.push(${item}); } }`;
    }
    if (field.kind === "struct") {
      const read = `${this.decodeFunction(field.struct!)}(r)`;
      return `${into} = ${nullable ? `r.present(${tag >= 0}) ? ${read} : null` : read};`;
    }
    return `${into} = ${this.decodeScalar(field, label, nullable, compact)};`;
  }

  private decodeScalar(field: Field, label: string, nullable: boolean, compact: boolean): string {
    const method = methodOf(field, nullable, compact);
    return `r.${method}(${METHODS[field.kind] === undefined ? "" : label})`;
  }

  private encodeFunction(struct: Struct): string {
    const known = this.names.get(struct);
    if (known !== undefined) return known;
    const name = this.name("write", struct);
    const shape = this.shape(struct);
    const body: string[] = [];
    for (const { name, field, present } of shape.fields) {
      if (present || field.ignorable) continue;
      body.push(
        `if (o.${name} !== undefined && !isDefault(${this.constant(field)}, o.${name})) ` +
          `w.unsupported(${JSON.stringify(name)}, ${this.version});`,
      );
    }
    for (const field of shape.plain) body.push(this.encodeField(field));
    body.push("const unknown = o.unknownTaggedFields;");
    if (this.flexible) body.push(this.encodeTagged(shape.tagged));
    else {
      body.push(
        `if (unknown !== undefined && unknown.length > 0) ` +
          `w.unsupported("unknown tagged fields", ${this.version});`,
      );
    }
    this.functions.push(`function ${name}(w, o) {\n${body.join("\n")}\n}`);
    return name;
  }

  private encodeTagged(tagged: readonly FieldShape[]): string {
    const body: string[] = ["let n = unknown === undefined ? 0 : unknown.length;"];
    tagged.forEach(({ field, name }, i) => {
      body.push(
        `const t${i} = o.${name} !== undefined && !isDefault(${this.constant(field)}, o.${name});`,
        `if (t${i}) n++;`,
      );
    });
    body.push("w.uvarint(n);", "if (n > 0) {", "let from = 0;");
    tagged.forEach((shape, i) => {
      body.push(
        `if (t${i}) { w.unknownTaggedFields(unknown, from, ${shape.tag}); from = ${shape.tag};`,
        `const start = w.beginTaggedField(${shape.tag}); ${this.encodeField(shape)}`,
        "w.endTaggedField(start); }",
      );
    });
    body.push("w.unknownTaggedFields(unknown, from, Infinity);", "}");
    return body.join("\n");
  }

  private encodeField(shape: FieldShape): string {
    const { field, name, nullable, compact, tag } = shape;
    const label = JSON.stringify(name);
    const value = `v_${name}`;
    const take = `const ${value} = o.${name} === undefined ? ${
      this.defaultExpression(field)
    } : o.${name};`;
    if (field.kind === "array") {
      const element = field.element!;
      const length = compact ? "compactArrayLength" : "arrayLength";
      const item = element.kind === "struct"
        ? `${this.encodeFunction(element.struct!)}(w, ${value}[i])`
        : this.encodeScalar(element, `${value}[i]`, label, false, compact);
      return `{ ${take} const n = w.${length}(${value}, ${nullable}, ${label}); ` +
        `for (let i = 0; i < n; i++) ${item}; }`;
    }
    if (field.kind === "struct") {
      const write = `${this.encodeFunction(field.struct!)}(w, ${value})`;
      return nullable
        ? `{ ${take} if (w.present(${value}, ${tag >= 0})) ${write}; }`
        : `{ ${take} w.structPresent(${value}, ${label}); ${write}; }`;
    }
    return `{ ${take} ${this.encodeScalar(field, value, label, nullable, compact)}; }`;
  }

  private encodeScalar(
    field: Field,
    value: string,
    label: string,
    nullable: boolean,
    compact: boolean,
  ): string {
    const method = methodOf(field, nullable, compact);
    return `w.${method}(${value}${METHODS[field.kind] === undefined ? "" : `, ${label}`})`;
  }
}
