/**
 * A classic group at random work: clients join, share out the work, die and come back, the
 * coordinator is lost and loaded anew, commits take their time or are refused.
 */
import { assert, assertEquals } from "../../../../lib/assert.ts";
import { errorName, KafkaError } from "../../../../protocol/errors.ts";
import { ClassicGroup } from "../classic_group.ts";
import { checkInvariants, Observations } from "./invariants.ts";
import { type ClientTraits, ModelClient, type Ticket, TOKENS } from "./model_client.ts";
import { bytes, GROUP, TestClassicGroups } from "./test_classic_groups.ts";

/** Something that happens; `who` is a client, by its number. */
export type Step =
  & { readonly who: number }
  & (
    | { readonly do: "next" | "join" | "sync" | "heartbeat" | "commit offsets" | "leave" }
    | { readonly do: "die" | "start" | "remove instance" | "change metadata" | "fall behind" }
    | { readonly do: "pass time"; readonly ms: number }
    | { readonly do: "hold commits" | "commit" | "commit late" | "refuse records" }
    | { readonly do: "crash coordinator" | "move coordinator" | "delete group" }
  );

/** How long the longest wait of all is, with a margin: that of a new member, in milliseconds. */
const QUIET_MS = 8 * 60_000;
const QUIET_STEP_MS = 3000;

export class ModelledGroup {
  readonly test: TestClassicGroups;
  readonly clients: readonly ModelClient[];
  readonly tickets: Ticket[] = [];
  readonly seen = new Observations();
  /** How often each kind of step, and each kind of answer, was seen. */
  readonly counts: Map<string, number>;

  constructor(
    traits: readonly ClientTraits[],
    readonly sizeMax: number,
    seed: number,
    counts = new Map<string, number>(),
  ) {
    this.test = new TestClassicGroups({ "group.max.size": `${sizeMax}` }, seed);
    this.clients = traits.map((each, i) => new ModelClient(`client-${i}`, each));
    this.counts = counts;
  }

  get group(): ClassicGroup | undefined {
    const found = this.test.groups.find(GROUP);
    return found instanceof ClassicGroup ? found : undefined;
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  run(step: Step): void {
    this.count(step.do);
    const { test: { runtime }, seen } = this;
    const recorded = runtime.records.length;
    const isRefusing = runtime.refuseNext !== null;
    this.perform(step);
    if (isRefusing && runtime.refuseNext === null) seen.isUnrecorded = true;
    else if (runtime.records.length > recorded) seen.isUnrecorded = false;
    checkInvariants(this);
  }

  private perform(step: Step): void {
    const { test, test: { runtime } } = this;
    const client = this.clients[step.who % this.clients.length];
    switch (step.do) {
      case "next":
        return this.next(client);
      case "join":
        return this.join(client);
      case "sync":
        return this.sync(client);
      case "heartbeat":
        return this.heartbeat(client);
      case "commit offsets":
        return this.commitOffsets(client);
      case "leave":
        return this.leave(client);
      case "die":
        client.isAlive = false;
        return;
      case "start":
        return client.restart();
      case "remove instance":
        return this.removeInstance(client);
      case "change metadata":
        client.metadata++;
        return;
      case "fall behind":
        // As a client that does not know of the last generation yet.
        if (client.generation > 0) client.generation--;
        return;
      case "pass time":
        return test.advance(step.ms);
      case "hold commits":
        runtime.holdCommits = true;
        return;
      case "commit":
        runtime.holdCommits = false;
        return runtime.commit();
      case "commit late":
        this.seen.isUnrecorded ||= runtime.isHolding;
        return runtime.commitLate();
      case "refuse records":
        // Whether there will be any, and whose, is left to what happens next.
        runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
        return;
      case "crash coordinator":
        return this.crashCoordinator();
      case "move coordinator":
        test.move(new KafkaError("NOT_COORDINATOR"));
        return this.coordinatorLost();
      case "delete group":
        return this.deleteGroup();
    }
  }

  /** What a client that behaves does next. */
  private next(client: ModelClient): void {
    if (!client.isAlive || client.waiting !== null) return;
    if (!client.isMember) this.join(client);
    else if (client.tokens === null) this.sync(client);
    else this.heartbeat(client);
  }

  /** Runs a command whose records may be refused. Returns the error that it ends with, or null. */
  private attempt(run: () => void): KafkaError | null {
    try {
      run();
      return null;
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return error;
    }
  }

  private ticket(kind: Ticket["kind"], client: ModelClient): Ticket {
    const ticket = { kind, client, life: client.life, answers: 0, isVoid: false };
    this.tickets.push(ticket);
    client.waiting = ticket;
    return ticket;
  }

  /** A request was answered. Returns whether the client is still there to hear it. */
  private answered(ticket: Ticket, errorCode: number): boolean {
    ticket.answers++;
    this.count(`${ticket.kind}: ${errorName(errorCode)}`);
    const { client } = ticket;
    if (client.waiting !== ticket) return false;
    client.waiting = null;
    return client.isAlive && client.life === ticket.life;
  }

  private join(client: ModelClient): void {
    if (!client.isAlive) return;
    const { traits, traits: { instanceId, version, protocols }, memberId } = client;
    if (memberId === "") this.fence(instanceId);
    const ticket = this.ticket("join", client);
    const { test } = this;
    this.attempt(() =>
      test.runtime.run(test.classic.join(
        { clientId: client.name, clientHost: "/127.0.0.1", version },
        {
          groupId: GROUP,
          memberId,
          groupInstanceId: instanceId,
          protocolType: "consumer",
          protocols: protocols.map((name) => ({ name, metadata: bytes(`${client.metadata}`) })),
          sessionTimeoutMs: traits.sessionTimeoutMs,
          rebalanceTimeoutMs: traits.rebalanceTimeoutMs,
          reason: null,
        },
        (response) => {
          this.seen.joined(response);
          if (this.answered(ticket, response.errorCode!)) client.joined(response);
        },
      ))
    );
  }

  /** Whoever has the instance id loses it. */
  private fence(instanceId: string | null): void {
    for (const client of this.clients) {
      if (instanceId !== null && client.traits.instanceId === instanceId) client.wellAtMs = null;
    }
  }

  private sync(client: ModelClient): void {
    if (!client.isAlive || !client.isMember) return;
    const { memberId, generation, identity } = client;
    const assignments = Object.entries(client.share());
    const ticket = this.ticket("sync", client);
    const { test } = this;
    this.attempt(() =>
      test.runtime.run(test.classic.sync(
        { clientId: client.name, clientHost: "/127.0.0.1", version: 5 },
        {
          groupId: GROUP,
          memberId,
          generationId: generation,
          groupInstanceId: client.traits.instanceId,
          protocolType: "consumer",
          protocolName: null,
          assignments: assignments.map(([memberId, tokens]) => ({
            memberId,
            assignment: bytes(tokens),
          })),
        },
        (response) => {
          this.seen.synced(identity, generation, response);
          if (response.errorCode === 0) assertEquals(generation, this.group?.generation);
          if (this.answered(ticket, response.errorCode!)) client.synced(response);
        },
      ))
    );
  }

  private heartbeat(client: ModelClient): void {
    if (!client.isAlive || !client.isMember || client.waiting !== null) return;
    const { memberId, generation, traits: { instanceId, sessionTimeoutMs } } = client;
    let code = 0;
    const error = this.attempt(() => code = this.test.heartbeat(memberId, generation, instanceId));
    const name = error?.errorName ?? errorName(code);
    this.count(`heartbeat: ${name}`);
    const nowMs = this.test.runtime.context.now();
    if (name === "NONE") {
      // Heartbeats alone do not keep a member that never asks for its assignment.
      if (client.tokens !== null) client.wellAtMs = nowMs;
      return;
    }
    const isInTime = client.wellAtMs !== null && nowMs - client.wellAtMs < sessionTimeoutMs;
    assert(
      !isInTime || name !== "UNKNOWN_MEMBER_ID" || this.isTooLateToJoin(client),
      "a member that sends heartbeats in time stays in the group",
    );
    if (!client.isLazy || name !== "REBALANCE_IN_PROGRESS") client.refused(name);
  }

  /** Whether the group may have gone on without the client, since it did not join a rebalance. */
  private isTooLateToJoin({ generation, traits: { rebalanceTimeoutMs } }: ModelClient): boolean {
    const { group, test: { runtime: { context } } } = this;
    if (group?.generation !== generation) return true;
    const lastedMs = context.now() - (group.stateSinceMs ?? 0);
    return group.state === "PreparingRebalance" && lastedMs >= rebalanceTimeoutMs;
  }

  private commitOffsets(client: ModelClient): void {
    const { group } = this;
    if (!client.isAlive || group === undefined) return;
    this.test.classic.onOffsetCommitted(group, client.memberId);
  }

  private leave(client: ModelClient): void {
    if (!client.isAlive || client.memberId === "") return;
    const { memberId } = client;
    client.restart();
    this.attempt(() => this.test.leave([[memberId]]));
  }

  private removeInstance(client: ModelClient): void {
    const { instanceId } = client.traits;
    if (instanceId === null) return;
    this.fence(instanceId);
    this.attempt(() => this.test.leave([["", instanceId]]));
  }

  private coordinatorLost(): void {
    this.seen.coordinatorLost(this.test.runtime.records);
    // Members of a generation without an assignment are not recorded.
    for (const client of this.clients) client.wellAtMs = null;
  }

  private crashCoordinator(): void {
    this.test.crash();
    this.coordinatorLost();
    for (const ticket of this.tickets) {
      if (ticket.answers > 0) continue;
      ticket.isVoid = true;
      if (ticket.client.waiting === ticket) ticket.client.waiting = null;
    }
  }

  private deleteGroup(): void {
    const { group, test: { runtime } } = this;
    if (group?.isEmpty !== true) return;
    group.cancelTimers();
    this.attempt(() => runtime.run({ records: group.tombstones(), response: undefined }));
    if (this.group === undefined) this.seen.groupDeleted();
  }

  /** Everything goes well from now on, and what is to come of it comes. */
  settle(): void {
    const { test, test: { runtime } } = this;
    runtime.refuseNext = null;
    runtime.holdCommits = false;
    runtime.commit();
    for (const client of this.clients) client.isLazy = false;
    for (let passed = 0; passed < QUIET_MS && this.unsettled() !== null; passed += QUIET_STEP_MS) {
      for (const client of this.clients) this.next(client);
      test.advance(QUIET_STEP_MS);
      checkInvariants(this);
    }
    assertEquals(this.unsettled(), null);
  }

  /** What is still to come before the group is at rest; null where nothing is. */
  private unsettled(): string | null {
    for (const { answers, isVoid, kind, client: { name } } of this.tickets) {
      if (answers === 0 && !isVoid) return `${name} waits for the answer to a ${kind}`;
    }
    const { group, sizeMax } = this;
    const alive = this.clients.filter(({ isAlive }) => isAlive);
    const working = alive.filter(({ memberId }) => group?.hasMember(memberId));
    // What is loaded knows only the protocol that was chosen, and refuses who does not know this one.
    const chosen = group?.protocolName ?? null;
    const fit = alive.filter(({ traits }) => chosen === null || traits.protocols.includes(chosen));
    if (working.length < Math.min(fit.length, sizeMax)) return "a client that lives is no member";
    if (group === undefined) return null;
    if (group.memberCount > working.length) return "a client that is dead is a member";
    if (working.length === 0) return group.isEmpty ? null : "the group is not empty";
    if (group.state !== "Stable") return "the group is not stable";
    if (group.pendingMembers.size > 0) return "an id that was given out is still expected";
    const owned = working.flatMap(({ tokens }) => tokens ?? []).sort();
    return owned.join() === TOKENS.join() ? null : "the work is not shared out";
  }
}
