/**
 * The broker that is checked: Takhin, or Apache Kafka in its place where `COMPAT_AGAINST=kafka` is
 * set. Apache Kafka must pass as well: what it fails is wrong with the check.
 */
import { apiEntry } from "../../broker/api_table.ts";
import type { Api } from "../../protocol/schema/schema.ts";
import { makeSite, type NodeSite, type RunningNode, startKafka, startTakhin } from "./nodes.ts";

/** Apache Kafka stands in Takhin's place. */
export const isKafka = Deno.env.get("COMPAT_AGAINST") === "kafka";

/** Starts the broker that is checked. */
export function startSubject(site: NodeSite): Promise<RunningNode> {
  return isKafka ? startKafka(site) : startTakhin(site);
}

/** Whether the broker serves an API. */
export const serves = ({ key }: Api) => isKafka || apiEntry(key) !== undefined;

/** The broker that is checked, in one place over all its restarts. */
export class Subject implements AsyncDisposable {
  private constructor(private node: RunningNode) {}

  static async start(folder: string): Promise<Subject> {
    return new Subject(await startSubject(await makeSite(folder)));
  }

  get bootstrap(): string {
    return this.node.bootstrap;
  }

  /** Stops it in order and starts it again. `whileDown` runs in between. */
  async restart(whileDown: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.node.stop();
    await whileDown();
    this.node = await startSubject(this.node.site);
  }

  stop(): Promise<void> {
    return this.node.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.node.kill();
  }
}
