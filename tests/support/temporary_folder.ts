/** A folder that goes with the test that uses it: `await using folder = await TemporaryFolder.make()`. */
export class TemporaryFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await Deno.makeTempDir({ prefix: "takhin_" }));
  }

  /** A path below the folder. */
  join(...names: string[]): string {
    return [this.path, ...names].join("/");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
