/** Java's `String.hashCode`, by which Kafka places keys: of UTF-16 units, as a signed 32-bit number. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return hash;
}
