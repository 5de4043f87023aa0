/** Compressed data is damaged, or would decompress to more than the limit. */
export class DecompressError extends Error {
  override name = "DecompressError";
}

/** Refuses data that announces or reaches more than the limit. */
export function refuseLength(codec: string, length: number, bytesMax: number): never {
  throw new DecompressError(
    `Cannot decompress ${codec}: ${length} bytes or more, ${bytesMax} are allowed`,
  );
}

/** Joins the pieces of frames that follow each other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
