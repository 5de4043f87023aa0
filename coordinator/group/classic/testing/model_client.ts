/**
 * A client of the modelled group: it remembers what it was told, as a consumer does, and shares the
 * work out when it leads.
 */
import { ErrorCode, type ErrorName, errorName } from "../../../../protocol/errors.ts";
import type { JoinGroupResponse } from "../../../../protocol/messages/11_join_group.ts";
import type { SyncGroupResponse } from "../../../../protocol/messages/14_sync_group.ts";
import { text } from "./test_classic_groups.ts";

/** The work that is shared; each piece belongs to one member of a generation. */
export const TOKENS = ["0", "1", "2", "3", "4", "5"] as const;

export interface ClientTraits {
  readonly instanceId: string | null;
  /** Of JoinGroup. */
  readonly version: number;
  readonly protocols: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Sends heartbeats, and does not join when it is asked to. */
  readonly isLazy: boolean;
}

/** A request that is on its way: which life of the client sent it, and how often it was answered. */
export interface Ticket {
  readonly kind: "join" | "sync";
  readonly client: ModelClient;
  readonly life: number;
  answers: number;
  /** The connection is gone: there is nobody to answer. */
  isVoid: boolean;
}

/** Errors after which a client keeps its id and asks again. */
const RETRIED: ReadonlySet<ErrorName> = new Set([
  "REBALANCE_IN_PROGRESS",
  "NOT_COORDINATOR",
  "COORDINATOR_NOT_AVAILABLE",
  "UNKNOWN_SERVER_ERROR",
]);

export class ModelClient {
  isAlive = true;
  /** Goes up whenever the client starts anew and has forgotten everything. */
  life = 0;
  memberId = "";
  generation = -1;
  /** The members to share the work among; null for a follower. */
  followers: readonly string[] | null = null;
  /** What it works on; null while it is to join or to ask. */
  tokens: readonly string[] | null = null;
  /** When a heartbeat was last answered without an error, in milliseconds; null once it was not. */
  wellAtMs: number | null = null;
  waiting: Ticket | null = null;
  metadata = 0;
  isLazy: boolean;

  constructor(readonly name: string, readonly traits: ClientTraits) {
    this.isLazy = traits.isLazy;
  }

  /** Who the client is to the group: its instance, or the member that it is now. */
  get identity(): string {
    return this.traits.instanceId ?? this.memberId;
  }

  get isMember(): boolean {
    return this.generation >= 0;
  }

  restart(): void {
    this.life++;
    this.isAlive = true;
    this.waiting = null;
    this.forget();
  }

  /** It has to join as a new member. */
  forget(): void {
    this.memberId = "";
    this.rejoin();
  }

  /** It has to join again as the member it is. */
  rejoin(): void {
    this.generation = -1;
    this.followers = null;
    this.tokens = null;
    this.wellAtMs = null;
  }

  /** What each member is to work on. */
  share(): Record<string, string> {
    const { followers } = this;
    if (followers === null || followers.length === 0) return {};
    return Object.fromEntries(
      followers.map((memberId, i) => [
        memberId,
        TOKENS.filter((_, token) => token % followers.length === i).join(","),
      ]),
    );
  }

  joined(response: JoinGroupResponse): void {
    const { errorCode, memberId = "", members = [] } = response;
    if (errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.memberId = memberId;
      return;
    }
    if (errorCode !== ErrorCode.NONE) return this.refused(errorName(errorCode!));
    this.rejoin();
    this.memberId = memberId;
    this.generation = response.generationId!;
    const leads = response.leader === memberId && !response.skipAssignment;
    this.followers = leads ? members.map((member) => member.memberId!) : null;
  }

  synced({ errorCode, assignment }: SyncGroupResponse): void {
    if (errorCode !== ErrorCode.NONE) return this.refused(errorName(errorCode!));
    this.tokens = text(assignment).split(",").filter((token) => token !== "");
  }

  /** What an error makes of the client. */
  refused(error: ErrorName): void {
    if (error === "FENCED_INSTANCE_ID") this.isAlive = false;
    if (RETRIED.has(error) || error === "ILLEGAL_GENERATION") this.rejoin();
    else this.forget();
  }
}
