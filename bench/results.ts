/** What was measured: figures by broker, a value a round, and the tables made of their medians. */

/** What a figure must be, compared with Kafka's. */
export interface Target {
  readonly text: string;
  /** Whether Takhin's median meets it; `kafka` is null where Kafka was not measured. */
  holds(takhin: number, kafka: number | null): boolean | null;
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Digits after the point. */
  readonly digits?: number;
  readonly target?: Target;
}

/** At least what Kafka has. */
export const AT_LEAST_KAFKA: Target = {
  text: "at least Kafka's",
  holds: (takhin, kafka) => kafka === null ? null : takhin >= kafka,
};

/** At most a share of what Kafka has. */
export function atMostOfKafka(share: number, text: string): Target {
  return { text, holds: (takhin, kafka) => kafka === null ? null : takhin <= kafka * share };
}

/** Below a bound of its own, whatever Kafka has. */
export function below(bound: number, text: string): Target {
  return { text, holds: (takhin) => takhin < bound };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const TAKHIN = "takhin";
export const KAFKA = "kafka";

/** The figures of one part, in the order in which they were first recorded. */
export class Results {
  private readonly figures = new Map<string, { figure: Figure; values: Map<string, number[]> }>();

  constructor(readonly title: string, readonly note: string) {}

  record(figure: Figure, broker: string, value: number): void {
    let entry = this.figures.get(figure.name);
    if (entry === undefined) {
      entry = { figure, values: new Map() };
      this.figures.set(figure.name, entry);
    }
    const values = entry.values.get(broker);
    if (values === undefined) entry.values.set(broker, [value]);
    else values.push(value);
  }

  /** The part as Markdown: a row a figure, medians with the smallest and the largest value. */
  markdown(brokers: readonly string[]): string {
    const compared = brokers.includes(TAKHIN) && brokers.includes(KAFKA);
    const head = [
      "what",
      "unit",
      ...brokers,
      ...compared ? ["takhin : kafka"] : [],
      "target",
      "met",
    ];
    const rows = [...this.figures.values()].map(({ figure, values }) => {
      const { name, unit, digits = 1, target } = figure;
      const of = (broker: string) => {
        const found = values.get(broker);
        return found === undefined ? null : median(found);
      };
      const ours = of(TAKHIN);
      const theirs = of(KAFKA);
      const ratio = ours === null || theirs === null ? "" : (ours / theirs).toFixed(2);
      const met = target === undefined || ours === null ? null : target.holds(ours, theirs);
      return [
        name,
        unit,
        ...brokers.map((broker) => cell(values.get(broker), digits)),
        ...compared ? [ratio] : [],
        target?.text ?? "",
        met === null ? "" : met ? "yes" : "**missed**",
      ];
    });
    return `## ${this.title}\n\n${this.note}\n\n${table(head, rows)}`;
  }
}

function cell(values: readonly number[] | undefined, digits: number): string {
  if (values === undefined) return "";
  const text = (value: number) => value.toFixed(digits);
  const middle = text(median(values));
  if (values.length === 1) return middle;
  return `${middle} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** A Markdown table whose columns stand under each other. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i])).join(" | ")} |\n`;
  return line(head) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("");
}
