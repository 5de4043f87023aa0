/**
 * `deno task check`: the rules of the architecture that a table can state.
 *
 * Imports point downwards only; each library is imported in one place; what must stay pure takes
 * clock, random and timers as parameters; a file stays readable in one sitting.
 */

/** Folders from the bottom up, each with what it may import besides itself. */
const LAYERS: Record<string, readonly string[]> = {
  lib: [],
  protocol: ["lib"],
  config: ["lib"],
  storage: ["lib", "protocol", "config"],
  raft: ["lib", "protocol", "config", "storage"],
  cluster: ["lib", "protocol", "config", "storage", "raft"],
  coordinator: ["lib", "protocol", "config", "storage", "raft", "cluster"],
  broker: ["lib", "protocol", "config", "storage", "raft", "cluster", "coordinator"],
  client: ["lib", "protocol"],
  cli: [
    "lib",
    "protocol",
    "config",
    "storage",
    "raft",
    "cluster",
    "coordinator",
    "broker",
    "client",
    "deno.json",
  ],
  tools: [
    "lib",
    "protocol",
    "config",
    "storage",
    "raft",
    "cluster",
    "coordinator",
    "broker",
    "client",
  ],
  bench: [
    "lib",
    "protocol",
    "config",
    "storage",
    "raft",
    "cluster",
    "coordinator",
    "broker",
    "client",
  ],
  tests: [
    "lib",
    "protocol",
    "config",
    "storage",
    "raft",
    "cluster",
    "coordinator",
    "broker",
    "client",
    "cli",
    "tools",
  ],
  "main.ts": ["cli"],
  "mod.ts": ["broker", "config"],
};

/** Packages that only one file may import, so that each can be swapped there. */
const WRAPPED: Record<string, string> = {
  "@std/assert": "lib/assert.ts",
  "@std/cli/parse-args": "lib/args.ts",
  "@std/yaml": "lib/yaml.ts",
  "@mongodb-js/zstd": "lib/zstd.ts",
  "@node-rs/crc32": "lib/crc32c.ts",
  "@node-rs/xxhash": "lib/xxh3.ts",
  "fast-check": "lib/fast_check.ts",
  "lz4-napi": "lib/lz4.ts",
  pino: "lib/log_output.ts",
  re2js: "lib/re2.ts",
  snappy: "lib/snappy.ts",
};

/** Where clock, random and timers must be parameters. */
const PURE = ["protocol", "config", "storage", "raft", "cluster", "coordinator"];
const IMPURE = /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|randomUUID)\b/;

const FILE_LINES_MAX = 500;

const root = new URL("../", import.meta.url);
const problems: string[] = [];

async function* sources(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".") || name === "node_modules" || name === "testdata") continue;
    if (isDirectory) yield* sources(new URL(`${name}/`, folder), `${prefix}${name}/`);
    else if (/\.tsx?$/.test(name)) yield prefix + name;
  }
}

/** The modules that a source names in imports and exports, static and dynamic. */
function importsOf(source: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)"([^"]+)"/gm;
  return [...source.matchAll(pattern)].map((match) => match[1]);
}

function checkImport(path: string, layer: string, specifier: string): void {
  const wrapper = WRAPPED[specifier];
  if (wrapper !== undefined && wrapper !== path) {
    problems.push(`${path}: imports ${specifier}, which only ${wrapper} may`);
  }
  if (!specifier.startsWith(".")) return;
  const target = new URL(specifier, new URL(path, root)).href.slice(root.href.length);
  const targetLayer = target.includes("/") ? target.split("/")[0] : target;
  if (targetLayer === layer || LAYERS[layer].includes(targetLayer)) return;
  const assertions = path.endsWith("_test.ts") && targetLayer === "lib";
  if (!assertions) problems.push(`${path}: ${layer} must not import ${targetLayer} (${specifier})`);
}

for await (const path of sources(root)) {
  const layer = path.includes("/") ? path.split("/")[0] : path;
  if (LAYERS[layer] === undefined) {
    problems.push(`${path}: ${layer} is not in the table of layers`);
    continue;
  }
  const source = await Deno.readTextFile(new URL(path, root));
  for (const specifier of importsOf(source)) checkImport(path, layer, specifier);
  const lines = source.split("\n");
  if (lines.length > FILE_LINES_MAX) problems.push(`${path}: ${lines.length} lines`);
  if (!PURE.includes(layer) || path.endsWith("_test.ts")) continue;
  lines.forEach((line, i) => {
    const comment = /^\s*(\*|\/\/|\/\*)/.test(line);
    if (!comment && IMPURE.test(line)) {
      problems.push(`${path}:${i + 1}: ${IMPURE.exec(line)![1]} in a pure layer; pass it in`);
    }
  });
}

for (const problem of problems.sort()) console.error(problem);
if (problems.length > 0) Deno.exit(1);
console.log("layers: in order");
