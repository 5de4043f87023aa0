/** A member of a classic group: what it said when it joined, and what it was assigned. */

/** A way of sharing the work that a member knows (for consumers, an assignor), with what it says to it. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** What a member may say anew whenever it joins. */
export interface MemberSettings {
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly MemberProtocol[];
}

export interface MemberDescription extends MemberSettings {
  readonly memberId: string;
  /** `group.instance.id` of a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly assignment?: Uint8Array;
}

export const NO_ASSIGNMENT = new Uint8Array(0);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export class ClassicMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  settings: MemberSettings;
  /** Empty while there is none. */
  assignment: Uint8Array;
  /** Whether the member is in its first rebalance, and so has no heartbeats to send yet. */
  isNew = false;

  constructor(description: MemberDescription) {
    const { rebalanceTimeoutMs, sessionTimeoutMs, protocols } = description;
    this.memberId = description.memberId;
    this.instanceId = description.instanceId;
    this.clientId = description.clientId;
    this.clientHost = description.clientHost;
    this.settings = { rebalanceTimeoutMs, sessionTimeoutMs, protocols };
    this.assignment = description.assignment ?? NO_ASSIGNMENT;
  }

  get isStatic(): boolean {
    return this.instanceId !== null;
  }

  get rebalanceTimeoutMs(): number {
    return this.settings.rebalanceTimeoutMs;
  }

  get sessionTimeoutMs(): number {
    return this.settings.sessionTimeoutMs;
  }

  get protocols(): readonly MemberProtocol[] {
    return this.settings.protocols;
  }

  /** The same member under another id. */
  withId(memberId: string): ClassicMember {
    const { instanceId, clientId, clientHost, settings, assignment } = this;
    return new ClassicMember({
      memberId,
      instanceId,
      clientId,
      clientHost,
      ...settings,
      assignment,
    });
  }

  /** What the member says to a protocol. Throws where it does not know it. */
  metadataOf(protocolName: string | null): Uint8Array {
    const protocol = this.protocols.find(({ name }) => name === protocolName);
    if (protocol !== undefined) return protocol.metadata;
    throw new Error(`Member ${this.memberId} does not support protocol ${protocolName}`);
  }

  /** Whether the member says just this already, in the same order. */
  says(protocols: readonly MemberProtocol[]): boolean {
    return protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, i) =>
        name === this.protocols[i].name && sameBytes(metadata, this.protocols[i].metadata)
      );
  }
}
