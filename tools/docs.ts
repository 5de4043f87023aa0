/**
 * `deno task docs`: writes what is generated in the documentation. `docs_test.ts` fails where that
 * is stale.
 */
import { referenceText, unusedText } from "./config_reference.ts";
import { protocolMatrix } from "./protocol_matrix.ts";

/** What stands between these is generated; the formatter leaves it alone. */
const BEGIN = "<!-- deno-fmt-ignore-start -->";
const END = "<!-- deno-fmt-ignore-end -->";

/** Each document with what must stand in it. */
export const GENERATED: readonly (readonly [path: string, text: () => string])[] = [
  ["docs/configuration.md", referenceText],
  ["docs/gaps.md", unusedText],
  ["docs/protocol.md", protocolMatrix],
];

/** Puts a generated text between the marks of a document. */
export function withGenerated(document: string, text: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`there are no marks "${BEGIN}" and "${END}"`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${document.slice(end)}`;
}

if (import.meta.main) {
  for (const [path, text] of GENERATED) {
    const document = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, withGenerated(document, text()));
    console.log(`${path} is up to date`);
  }
}
