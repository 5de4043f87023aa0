/**
 * `deno task golden FILE...`: checks the codecs against JSON lines made by Kafka's own classes.
 * Prints every failure and closes with `N passed, N failed`; exit code 1 where any failed.
 */
import { checkGoldenLine } from "../protocol/golden.ts";

if (Deno.args.length === 0) {
  console.error("usage: deno task golden FILE...   (JSON lines, plain or gzip)");
  Deno.exit(2);
}

let passed = 0;
let failed = 0;
for (const path of Deno.args) {
  let number = 0;
  for (const line of (await readText(path)).split("\n")) {
    number++;
    if (line.trim() === "") continue;
    const problem = checkGoldenLine(line);
    if (problem === null) passed++;
    else {
      failed++;
      console.error(`${path}:${number}: ${problem}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);

async function readText(path: string): Promise<string> {
  try {
    const file = await Deno.open(path);
    const bytes = path.endsWith(".gz")
      ? file.readable.pipeThrough(new DecompressionStream("gzip"))
      : file.readable;
    return await new Response(bytes).text();
  } catch (error) {
    console.error(`Cannot read ${path}: ${(error as Error).message}`);
    failed++;
    return "";
  }
}
