import { assertEquals } from "./assert.ts";

const PROGRAM = `
  import { descriptorLimit } from "${new URL("./descriptor_limit.ts", import.meta.url)}";
  console.log(descriptorLimit());
`;

Deno.test({
  name: "descriptor limit: it is what the shell that started the process set",
  ignore: Deno.build.os === "windows", // There is no such limit.
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, PROGRAM);
      const deno = `'${Deno.execPath()}' run --quiet --no-lock --allow-ffi '${file}'`;
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", `ulimit -n 321 && ${deno}`],
      }).output();
      assertEquals(new TextDecoder().decode(stdout).trim(), "321");
    } finally {
      await Deno.remove(file);
    }
  },
});
