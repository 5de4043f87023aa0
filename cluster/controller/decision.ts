/**
 * What a controller's decision is made of: the state it is made on, and what it comes to. Decisions
 * are pure: the same image and request give the same records and answer, but for random ids.
 */
import type { BrokerConfig } from "../../config/broker_config.ts";
import { ConfigError, ConfigRequestError } from "../../config/parse.ts";
import type { Random } from "../../lib/random.ts";
import { ErrorCode, errorMessage, type ErrorName, KafkaError } from "../../protocol/errors.ts";
import type { MetadataRecord } from "../../protocol/metadata_records/mod.ts";
import type { MetadataImage } from "../image/metadata_image.ts";

export interface ControllerContext {
  /** The image with every record that was appended so far, committed or not. */
  readonly image: MetadataImage;
  /** The controller node's own configuration. */
  readonly config: BrokerConfig;
  readonly nodeId: number;
  readonly random: Random;
}

/** Records to be appended as one batch, and the answer once they are committed. */
export interface Decision<R> {
  readonly records: MetadataRecord[];
  readonly response: R;
}

/** How many records one request may lead to (`MAX_RECORDS_PER_USER_OP`). */
export const RECORDS_PER_REQUEST_MAX = 10_000;

/** An error as most answers carry it; message null where there is none. */
export interface ApiError {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export const NO_ERROR: ApiError = { errorCode: 0, errorMessage: null };

export function apiError(name: ErrorName, message?: string): ApiError {
  const errorCode = ErrorCode[name];
  return { errorCode, errorMessage: message ?? errorMessage(errorCode) };
}

/** The error that a failure is told as, with what there is to say beyond its code. Anything unexpected is thrown on. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof KafkaError) return { errorCode: error.code, errorMessage: error.detail };
  if (error instanceof ConfigRequestError) return apiError("INVALID_REQUEST", error.message);
  if (error instanceof ConfigError) return apiError("INVALID_CONFIG", error.message);
  throw error;
}

/** Refuses a decision that would write too much at once. */
export function requireBounded(records: readonly unknown[]): void {
  if (records.length <= RECORDS_PER_REQUEST_MAX) return;
  throw new KafkaError(
    "POLICY_VIOLATION",
    `One request may not lead to more than ${RECORDS_PER_REQUEST_MAX} records`,
  );
}
