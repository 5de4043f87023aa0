import { assertEquals } from "./assert.ts";

const WORKER = `
  import { toBackground } from "${new URL("./thread_priority.ts", import.meta.url)}";
  self.postMessage(toBackground());
`;

/** The niceness of each thread of this process, by its id. */
async function niceness(): Promise<Map<number, number>> {
  // Deno itself opens /proc only with all permissions.
  const args = ["-c", `cat /proc/${Deno.pid}/task/*/stat`];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return new Map(lines.map((line) => {
    // The second field, in parentheses, may hold blanks; niceness is the 19th.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return [parseInt(line), Number(fields[16])];
  }));
}

Deno.test({
  name: "thread priority: a worker comes after the others, whose priority stays as it was",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const before = await niceness();
    const module = URL.createObjectURL(new Blob([WORKER], { type: "text/typescript" }));
    const worker = new Worker(module, { type: "module" });
    const done = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    const after = await niceness();
    worker.terminate();
    URL.revokeObjectURL(module);
    assertEquals(done, true);
    const changed = [...after].filter(([thread, nice]) => nice !== (before.get(thread) ?? 0));
    assertEquals(changed.map(([, nice]) => nice), [10]);
    assertEquals(after.get(Deno.pid), before.get(Deno.pid));
  },
});
