/** Tables for people: columns as wide as their widest cell. */

/** Null is a cell without a value, shown as a dash. */
export type Cell = string | number | null;

const GAP = "  ";

/** The lines of a table, its header first. Columns of numbers stand on the right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const texts = [header, ...rows.map((row) => row.map((cell) => String(cell ?? "-")))];
  const columns = header.map((_, i) => ({
    width: Math.max(...texts.map((row) => row[i].length)),
    isNumeric: rows.some((row) => typeof row[i] === "number"),
  }));
  return texts.map((row) =>
    row
      .map((text, i) => {
        const { width, isNumeric } = columns[i];
        return isNumeric ? text.padStart(width) : text.padEnd(width);
      })
      .join(GAP)
      .trimEnd()
  );
}
