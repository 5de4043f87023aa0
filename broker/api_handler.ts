/** How an API is handled: one file per API in `handlers/`, all of them listed in `api_table.ts`. */
import type { Api, Decoded, Draft, Fields, Message } from "../protocol/schema/schema.ts";
import type { Client } from "./network/connection.ts";
import type { Services } from "./services.ts";

/** Who asks, and in which version. */
export interface RequestContext {
  readonly services: Services;
  readonly client: Client;
  readonly clientId: string | null;
  readonly version: number;
}

/** Why a request failed as a whole. */
export interface Failure {
  readonly code: number;
  /** What is to say beyond the code's own meaning, or null. */
  readonly message: string | null;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * Checks, authorises and translates the requests of one API. `handle` may throw a `KafkaError`,
 * which `failed` turns into the answer that the API has for it; null means that none is sent.
 */
export interface ApiHandler<Q extends Fields = Fields, S extends Fields = Fields> {
  readonly api: Api<Q, S>;
  /** Lowest version in ApiVersions where it is below the lowest that is handled (Produce). */
  readonly advertisedMin?: number;
  handle(
    request: Decoded<Message<Q>>,
    context: RequestContext,
  ): MaybePromise<Draft<Message<S>> | null>;
  failed(
    failure: Failure,
    request: Decoded<Message<Q>>,
    context: RequestContext,
  ): Draft<Message<S>>;
}

/** Declares the handler of an API; the types come from the API's messages. */
export function apiHandler<Q extends Fields, S extends Fields>(
  handler: ApiHandler<Q, S>,
): ApiHandler {
  return handler as unknown as ApiHandler;
}
