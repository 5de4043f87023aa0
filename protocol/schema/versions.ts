/**
 * Version ranges as Kafka's message definitions write them: `"3"`, `"0-4"`, `"3+"`, `"none"`.
 */

/** A version range in Kafka's notation; `"none"` is the empty range (a removed message). */
export type VersionRange = `${number}` | `${number}-${number}` | `${number}+` | "none";

/** Inclusive bounds; an empty range has `min > max`. */
export interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The largest version number (int16); what `+` stands for. */
export const MAX_VERSION = 32767;

export const NO_VERSIONS: Versions = { min: 0, max: -1 };

const parsed = new Map<string, Versions>();

/** Parses Kafka's notation. Throws a `SyntaxError` that quotes what it was given. */
export function parseVersions(text: VersionRange): Versions {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const versions = parse(text);
  parsed.set(text, versions);
  return versions;
}

function parse(text: string): Versions {
  if (text === "none") return NO_VERSIONS;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new SyntaxError(`Cannot parse version range "${text}"`);
  const min = Number(match[1]);
  if (match[2] !== undefined) return { min, max: MAX_VERSION };
  const max = match[3] === undefined ? min : Number(match[3]);
  if (max < min) {
    throw new SyntaxError(`Cannot parse version range "${text}": it ends before it begins`);
  }
  return { min, max };
}

export function hasVersion(range: Versions, version: number): boolean {
  return version >= range.min && version <= range.max;
}
