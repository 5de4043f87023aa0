/**
 * What the broker that got an alter request does before the controller decides it: refuses what is
 * wrong with the request itself, checks changes of its own configs, sets its log level
 * (`ConfigAdminManager.preprocess`).
 */
import type { ResourceChange, ResourceResult } from "../../cluster/controller/configs.ts";
import { ConfigResourceType } from "../../cluster/image/metadata_image.ts";
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import type { Services } from "../services.ts";

/** One resource of a request. */
export interface AlteredResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface AlterAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
}

/** How one resource is handled: refused by an error, done here (null), or left to the controller. */
export type Preprocess<R extends AlteredResource> = (resource: R) => ResourceChange | null;

function keyOf({ resourceType, resourceName }: AlteredResource): string {
  return `${resourceType}/${resourceName}`;
}

/** Keys may be named once, and have values where values are needed. */
export function checkKeys(
  { configs }: AlteredResource,
  mayBeNull: (index: number) => boolean,
): void {
  const names = configs.map(({ name }) => name);
  if (new Set(names).size !== names.length) {
    throw new KafkaError("INVALID_REQUEST", "Error due to duplicate config keys");
  }
  const nulls = configs.filter(({ value }, i) => value === null && !mayBeNull(i));
  if (nulls.length === 0) return;
  const missing = nulls.map(({ name }) => name).join(", ");
  throw new KafkaError("INVALID_REQUEST", `Null value not supported for: ${missing}`);
}

const STORED_TYPES: readonly number[] = [
  ConfigResourceType.TOPIC,
  ConfigResourceType.CLIENT_METRICS,
  ConfigResourceType.GROUP,
];

/** Refuses resource types that have no stored configs. */
export function requireStoredType(type: number): void {
  if (STORED_TYPES.includes(type)) return;
  throw new KafkaError("INVALID_REQUEST", `Unknown resource type ${type}`);
}

/**
 * Handles every resource of a request, in order: those that `preprocess` leaves over go to the
 * controller together.
 */
export async function alterResources<R extends AlteredResource>(
  resources: readonly R[],
  preprocess: Preprocess<R>,
  decide: (changes: ResourceChange[]) => Promise<ResourceResult[]>,
  { logger }: Services,
): Promise<AlterAnswer[]> {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    counts.set(keyOf(resource), (counts.get(keyOf(resource)) ?? 0) + 1);
  }
  const done = new Map<R, { errorCode: number; errorMessage: string | null }>();
  const changes = new Map<R, ResourceChange>();
  for (const resource of resources) {
    try {
      if (counts.get(keyOf(resource))! > 1) {
        throw new KafkaError("INVALID_REQUEST", "Each resource must appear at most once.");
      }
      const change = preprocess(resource);
      if (change === null) done.set(resource, { errorCode: ErrorCode.NONE, errorMessage: null });
      else changes.set(resource, change);
    } catch (error) {
      if (!(error instanceof KafkaError)) {
        logger.error("configs cannot be altered", { error: String(error) });
      }
      const errorMessage = error instanceof KafkaError ? error.detail : null;
      done.set(resource, { errorCode: codeOf(error), errorMessage });
    }
  }
  const results = changes.size === 0 ? [] : await decide([...changes.values()]);
  [...changes.keys()].forEach((resource, i) => done.set(resource, results[i]));
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const { errorCode, errorMessage } = done.get(resource)!;
    return { errorCode, errorMessage, resourceType, resourceName };
  });
}

/** The answer to a request that failed as a whole. */
export function allFailed(
  resources: readonly AlteredResource[],
  errorCode: number,
  errorMessage: string | null,
): AlterAnswer[] {
  return resources.map(({ resourceType, resourceName }) => ({
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
  }));
}
