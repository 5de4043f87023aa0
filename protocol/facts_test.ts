/**
 * Holds every declaration against the wire facts of Kafka 4.3.1: names, types, versions, tags,
 * nullability, defaults. So a slip in a declaration is found even where no golden line shows it.
 */
import { assert, assertEquals } from "../lib/assert.ts";
import { readTestText } from "../lib/testdata.ts";
import { ALL_MESSAGES, messageByName } from "./all_messages.ts";
import { APIS } from "./messages/mod.ts";
import type { Field, Fields, Message } from "./schema/schema.ts";

interface Fact {
  name: string;
  type: string;
  options: string[];
  children: Fact[];
}

interface MessageFact {
  name: string;
  kind: string;
  attributes: Record<string, string>;
  fields: Fact[];
  structs: Map<string, Fact[]>;
}

function parseFacts(text: string): MessageFact[] {
  const messages: MessageFact[] = [];
  let parents: Fact[][] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const words = line.trim().split(/\s+/);
    const depth = (line.length - line.trimStart().length) / 2;
    if (depth === 0) {
      const attributes = Object.fromEntries(
        words.slice(2).map((word) => word.includes("=") ? word.split("=") : [word, "true"]),
      );
      const message = {
        name: words[0],
        kind: words[1],
        attributes,
        fields: [],
        structs: new Map(),
      };
      messages.push(message);
      parents = [message.fields];
      continue;
    }
    parents.length = depth;
    const children: Fact[] = [];
    if (words[0] === "struct") messages.at(-1)!.structs.set(words[1], children);
    else {parents[depth - 1].push({
        name: words[0],
        type: words[1],
        options: words.slice(2),
        children,
      });}
    parents[depth] = children;
  }
  return messages;
}

const facts = parseFacts(await readTestText("kafka_4_3_1/messages.txt.gz"));

const lowerFirst = (name: string) => name[0].toLowerCase() + name.slice(1);

/** A field's line as the facts would have it, from its declaration. */
function describe(name: string, field: Field): string {
  const type = (f: Field): string => {
    if (f.kind === "array") return `[]${type(f.element!)}`;
    if (f.kind === "struct") return f.struct!.name;
    return f.kind === "wideInt64" ? "int64" : f.kind;
  };
  return [
    name,
    type(field),
    `@${field.versions}`,
    field.nullable === undefined ? "" : `?${field.nullable}`,
    field.tag === undefined ? "" : `#${field.tag}@${field.tagged}`,
    field.default === undefined ? "" : `=${field.default}`,
    field.ignorable ? "ignorable" : "",
    field.flexible ? `flexible=${field.flexible}` : "",
  ].filter((word) => word !== "").join(" ");
}

/** The same line from the facts, with defaults that say nothing left out. */
function normalise(fact: Fact): string {
  const options = fact.options.filter((word) => word !== "key").flatMap((word) => {
    if (!word.startsWith("=")) return [word];
    // An unquoted null is JSON's, which Kafka's generator takes as "no default".
    if (word === "=null") return [];
    const text = word.slice(1).replaceAll('"', "");
    if (["", "0", "false"].includes(text)) return [];
    const number = Number(text);
    if (text === "null" || text === "true" || Number.isNaN(number)) return [`=${text}`];
    return [`=${Number.isSafeInteger(number) ? number : number > 0 ? "Infinity" : "-Infinity"}`];
  });
  return [lowerFirst(fact.name), fact.type, ...options].join(" ");
}

function compare(fields: Fields, wanted: Fact[], structs: Map<string, Fact[]>, path: string) {
  assertEquals(
    Object.entries(fields).map(([name, field]) => describe(name, field)),
    wanted.map(normalise),
    path,
  );
  for (const fact of wanted) {
    const field = fields[lowerFirst(fact.name)];
    const struct = field.struct ?? field.element?.struct;
    if (struct === undefined) continue;
    const children = fact.children.length > 0 ? fact.children : structs.get(struct.name);
    assert(children !== undefined, `${path}.${fact.name}: struct ${struct.name}`);
    compare(struct.fields, children, structs, `${path}.${fact.name}`);
  }
}

Deno.test("facts: every message is declared as Kafka 4.3.1 has it", () => {
  for (const fact of facts) {
    const named = messageByName(fact.name);
    assert(named !== undefined, `${fact.name} is not declared`);
    const message: Message = named.message;
    assertEquals(named.type, fact.kind, fact.name);
    if (fact.attributes.key !== undefined) assertEquals(named.key, Number(fact.attributes.key));
    assertEquals(message.versions as string, fact.attributes.valid, fact.name);
    assertEquals(message.flexible as string, fact.attributes.flexible, fact.name);
    assertEquals(message.latestUnstable, fact.attributes.latestUnstable === "true", fact.name);
    compare(message.fields, fact.fields, fact.structs, fact.name);
  }
});

Deno.test("facts: nothing is declared that Kafka 4.3.1 does not have", () => {
  const names = new Set(facts.map(({ name }) => name));
  const extra = ALL_MESSAGES.map(({ message }) => message.name).filter((name) => !names.has(name));
  assertEquals(extra, []);
});

Deno.test("facts: APIs are served on the listeners that Kafka serves them on", () => {
  for (const fact of facts.filter(({ kind }) => kind === "request")) {
    const api = APIS.find(({ request }) => request.name === fact.name)!;
    assertEquals([...api.listeners], fact.attributes.listeners?.split(",") ?? [], fact.name);
  }
});
