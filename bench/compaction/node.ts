/**
 * A node that measures its own event loop: a timer of a millisecond, and by how much it comes late.
 * Arguments: the data folder. It says where it listens; a line on its standard input makes it say
 * what it has measured since the last one, as JSON.
 */
import { startBroker } from "../../broker/broker.ts";
import { makeLogOutput } from "../../lib/log_output.ts";

const TICK_MS = 1;
const RESIDENT_EVERY_MS = 20;

const [dataFolder] = Deno.args;
const encoder = new TextEncoder();
const say = (what: object) =>
  void Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(what)}\n`));

let delays: number[] = [];
let residentBytesMax = 0;

function tick(): void {
  const begin = performance.now();
  setTimeout(() => {
    delays.push(Math.max(0, performance.now() - begin - TICK_MS));
    tick();
  }, TICK_MS);
}

function report(): void {
  const sorted = delays.sort((a, b) => a - b);
  const share = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  say({
    kind: "loop",
    samples: sorted.length,
    p50: share(0.5),
    p99: share(0.99),
    p999: share(0.999),
    max: sorted.at(-1),
    residentBytesMax,
  });
  delays = [];
  residentBytesMax = 0;
}

const write = (line: string) => void Deno.stdout.writeSync(encoder.encode(line));
const broker = await startBroker({
  config: {
    "listeners": "PLAINTEXT://127.0.0.1:0",
    "log.dirs": dataFolder,
    "log.cleaner.backoff.ms": "1000000000",
  },
  logger: makeLogOutput({ level: "info", format: "json", write }),
});
const [{ host, port }] = broker.listeners;
say({ kind: "ready", address: `${host}:${port}` });
tick();
setInterval(() => {
  residentBytesMax = Math.max(residentBytesMax, Deno.memoryUsage().rss);
}, RESIDENT_EVERY_MS);
for await (const _ of Deno.stdin.readable) report();
await broker.close();
Deno.exit(0);
