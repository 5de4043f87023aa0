/** Reads the data that tests carry (`tests/testdata`), unpacking gzip. */

const ROOT = new URL("../tests/testdata/", import.meta.url);

/** The text of a file below `tests/testdata`; `.gz` is unpacked. */
export async function readTestText(path: string): Promise<string> {
  return new TextDecoder().decode(await readTestBytes(path));
}

/** The bytes of a file below `tests/testdata`; `.gz` is unpacked. */
export async function readTestBytes(path: string): Promise<Uint8Array> {
  const file = await Deno.open(new URL(path, ROOT));
  const stream = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
