/**
 * From a request's bytes to its handler and back to an answer: finds the API and version, decodes,
 * and turns what goes wrong into the answer that the API has for it.
 */
import { decode } from "../protocol/codec/codec.ts";
import { DecodeError, Reader } from "../protocol/codec/reader.ts";
import { isFlexible } from "../protocol/codec/shape.ts";
import { codeOf, ErrorCode, KafkaError } from "../protocol/errors.ts";
import { RequestHeader } from "../protocol/headers.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import type { Draft, Message } from "../protocol/schema/schema.ts";
import type { ApiHandler, Failure, RequestContext } from "./api_handler.ts";
import { type ApiEntry, apiEntry } from "./api_table.ts";
import {
  type Client,
  CloseConnectionError,
  type Outcome,
  type RequestProcessor,
} from "./network/connection.ts";
import type { OutgoingResponse } from "./network/response.ts";
import type { Services } from "./services.ts";

/** A request shorter than this has no key, version and correlation id, in bytes. */
const HEADER_BYTES_MIN = 8;

/** Makes the function that connections hand their requests to. */
export function makeProcessor(services: Services): RequestProcessor {
  return (frame, start, end, client) => {
    try {
      return processRequest(new Reader(frame, start, end), client, services);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new CloseConnectionError(`request cannot be decoded: ${error.message}`);
    }
  };
}

function processRequest(
  reader: Reader,
  client: Client,
  services: Services,
): Outcome | Promise<Outcome> {
  if (reader.remaining < HEADER_BYTES_MIN) {
    throw new CloseConnectionError(`request of ${reader.remaining} bytes is none`);
  }
  const { view, pos } = reader;
  const entry = requireEntry(view.getInt16(pos), client);
  const version = view.getInt16(pos + 2);
  const { api, handler, min, max } = entry;
  if (version < min || version > max) {
    if (api.key === ApiVersions.key) return unsupportedApiVersions(view.getInt32(pos + 4), entry);
    throw new CloseConnectionError(`${api.name} has no version ${version}`);
  }
  const header = decode(RequestHeader, isFlexible(api.request, version) ? 2 : 1, reader);
  const request = decode(api.request, version, reader);
  const context: RequestContext = { services, client, clientId: header.clientId, version };
  const { correlationId } = header;
  const respond = (body: Draft<Message> | null): Outcome =>
    body === null ? null : {
      message: api.response,
      version,
      headerVersion: responseHeaderVersion(entry, version),
      correlationId,
      body,
    };
  const refuse = (error: unknown) => respond(failed(handler, error, request, context));
  try {
    const answer = handler.handle(request, context);
    return answer instanceof Promise ? answer.then(respond, refuse) : respond(answer);
  } catch (error) {
    return refuse(error);
  }
}

function requireEntry(key: number, client: Client): ApiEntry {
  const entry = apiEntry(key);
  if (entry?.api.listeners.includes(client.role)) return entry;
  throw new CloseConnectionError(`API ${key} is not served on listener ${client.listener}`);
}

/** ApiVersions' answer keeps the old header, since the client cannot know what is spoken (KIP-511). */
function responseHeaderVersion({ api }: ApiEntry, version: number): number {
  return api.key !== ApiVersions.key && isFlexible(api.response, version) ? 1 : 0;
}

/** A version of ApiVersions that is not known is answered in version 0, so that the client learns. */
function unsupportedApiVersions(correlationId: number, entry: ApiEntry): OutgoingResponse {
  const { api, min, max } = entry;
  return {
    message: api.response,
    version: 0,
    headerVersion: 0,
    correlationId,
    body: {
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: api.key, minVersion: min, maxVersion: max }],
    } as Draft<Message>,
  };
}

function failed(
  handler: ApiHandler,
  error: unknown,
  request: Parameters<ApiHandler["handle"]>[0],
  context: RequestContext,
): Draft<Message> {
  if (error instanceof CloseConnectionError) throw error;
  if (!(error instanceof KafkaError)) {
    context.services.logger.error("request failed unexpectedly", {
      api: handler.api.name,
      version: context.version,
      error: error instanceof Error ? error.stack : String(error),
    });
  }
  const failure: Failure = {
    code: codeOf(error),
    message: error instanceof KafkaError ? error.detail : null,
  };
  return handler.failed(failure, request, context);
}
