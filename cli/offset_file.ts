/**
 * Offsets in a file as kafka-consumer-groups exports and reads them: CSV lines of topic, partition
 * and offset; of several groups at once, the group first.
 */
import { partitionName, type PartitionOffset } from "../client/group_offsets.ts";
import { InputError } from "./command.ts";

/** Kafka's tool looks for no reason to quote in longer texts: it quotes them all. */
const UNQUOTED_LENGTH_MAX = 24;

/** A field, in quotes or not, up to its comma or the line's end. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/** One line, without its end. A topic's name has no characters that must be quoted. */
export function formatOffset({ topic, partition, offset }: PartitionOffset): string {
  const name = topic.length > UNQUOTED_LENGTH_MAX ? `"${topic}"` : topic;
  return `${name},${partition},${offset}`;
}

/** The fields of a line, or null where it is no CSV. */
function fieldsOf(line: string): string[] | null {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(line);
    if (match === null) return null;
    const [, quoted, plain, end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") return fields;
  }
}

function wholeNumber(text: string): number | null {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
}

/**
 * Reads a file's lines; empty ones and those of other groups are passed over. Throws `InputError`
 * for a line that is wrong, with its number.
 */
export function parseOffsets(text: string, groupId: string): PartitionOffset[] {
  const rows = new Map<string, PartitionOffset>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const fields = fieldsOf(line);
    const [topic, partitionText, offsetText] = fields?.slice(-3) ?? [];
    const partition = wholeNumber(partitionText ?? "");
    const offset = wholeNumber(offsetText ?? "");
    const known = fields?.length === 3 || fields?.length === 4;
    if (!known || topic === "" || partition === null || offset === null) {
      throw new InputError(`line ${i + 1}: "${line}" is not of the form topic,partition,offset`);
    }
    if (fields.length === 4 && fields[0] !== groupId) continue;
    const name = partitionName(topic, partition);
    if (rows.has(name)) {
      throw new InputError(`line ${i + 1}: partition ${partition} of ${topic} is there twice`);
    }
    rows.set(name, { topic, partition, offset });
  }
  return [...rows.values()];
}
