/** Numbers that stand for names which many rows share, each for as long as it is in use. */
export class NumberedNames {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly uses: number[] = [];
  private readonly free: number[] = [];

  /** How many names have a number. */
  get size(): number {
    return this.numbers.size;
  }

  /** The number of a name, or -1 where it is not in use. */
  find(name: string): number {
    return this.numbers.get(name) ?? -1;
  }

  nameOf(number: number): string {
    return this.names[number];
  }

  /** The number of a name, a new one where it has none. Whoever keeps it has to `retain` it. */
  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.free.pop() ?? this.names.length;
    this.numbers.set(name, number);
    this.names[number] = name;
    this.uses[number] = 0;
    return number;
  }

  retain(number: number): void {
    this.uses[number]++;
  }

  release(number: number): void {
    if (--this.uses[number] > 0) return;
    this.numbers.delete(this.names[number]);
    this.names[number] = "";
    this.free.push(number);
  }
}
