/** Reads the data that tests carry (`tests/testdata`), unpacking gzip and tar. */

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

/** Tar comes in blocks of this many bytes; a file's header is one. */
const TAR_BLOCK_BYTES = 512;

/** The files of a tar archive below `tests/testdata`, by path; directories are left out. */
export async function readTestArchive(path: string): Promise<Map<string, Uint8Array>> {
  const bytes = await readTestBytes(path);
  const text = (at: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, "");
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const name = text(at, 100);
    const size = parseInt(text(at + 124, 12), 8);
    const isFile = text(at + 156, 1).replace("0", "") === "";
    const start = at + TAR_BLOCK_BYTES;
    if (isFile) files.set(name, bytes.slice(start, start + size));
    at = start + Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  }
  return files;
}
