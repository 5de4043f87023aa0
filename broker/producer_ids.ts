/** Producer ids for InitProducerId (22), from blocks that the controller hands out (KIP-730). */
import { allocateProducerIds } from "../cluster/controller/producer_ids.ts";
import type { Controller } from "../cluster/controller/controller.ts";

export class ProducerIds {
  private next = 0;
  private end = 0;
  private fetching: Promise<void> | null = null;

  constructor(
    private readonly controller: Controller,
    private readonly nodeId: number,
    private readonly brokerEpoch: () => number,
  ) {}

  /** A producer id that nobody else gets. Throws `KafkaError` where the controller gives none. */
  async generate(): Promise<number> {
    while (this.next === this.end) {
      this.fetching ??= this.fetchBlock().finally(() => this.fetching = null);
      await this.fetching;
    }
    return this.next++;
  }

  private async fetchBlock(): Promise<void> {
    const { first, length } = await this.controller.decide((context) =>
      allocateProducerIds(this.nodeId, this.brokerEpoch(), context)
    );
    this.next = first;
    this.end = first + length;
  }
}
