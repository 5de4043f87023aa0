/** Files in the format of `java.util.Properties`. */

/** Key, separator, value. Only these three characters are blanks to Java. */
const LINE = /^((?:\\[\s\S]|[^\\ \t\f=:])*)(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+)?([\s\S]*)$/;

/**
 * Reads the entries of a properties file, in order; a later entry of the same key stands for itself.
 * Comments, continued lines and escapes are as Java has them.
 */
export function parseProperties(text: string): [key: string, value: string][] {
  const entries: [string, string][] = [];
  for (const line of logicalLines(text)) {
    const match = LINE.exec(line)!;
    entries.push([unescape(match[1]), unescape(match[2])]);
  }
  return entries;
}

/** Lines without comments and blank ones, those that end in an odd number of backslashes joined. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | null = null;
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line: string = natural.replace(/^[ \t\f]+/, "");
    if (open === null && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue;
    const joined: string = (open ?? "") + line;
    const backslashes = /\\*$/.exec(joined)![0].length;
    open = backslashes % 2 === 1 ? joined.slice(0, -1) : null;
    if (open === null) lines.push(joined);
  }
  if (open !== null) lines.push(open);
  return lines;
}

const ESCAPES: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}

/** Writes entries as Java does: what is not printable ASCII is escaped. */
export function formatProperties(entries: Iterable<readonly [string, string]>): string {
  let text = "";
  for (const [key, value] of entries) {
    text += `${escape(key).replaceAll(" ", "\\ ")}=${escape(value).replace(/^ /, "\\ ")}\n`;
  }
  return text;
}

const NAMED: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f" };

function escape(text: string): string {
  return text.replace(/[\\=:#!]/g, "\\$&").replace(/[^ -~]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16).toUpperCase();
    return NAMED[unit] ?? `\\u${code.padStart(4, "0")}`;
  });
}
