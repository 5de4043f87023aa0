/** API 64, UnregisterBroker: forgets a broker that is gone (KIP-500). */
import { unregisterBroker as decide } from "../../cluster/controller/brokers.ts";
import { errorMessage } from "../../protocol/errors.ts";
import { UnregisterBroker } from "../../protocol/messages/64_unregister_broker.ts";
import { apiHandler } from "../api_handler.ts";

export const unregisterBroker = apiHandler({
  api: UnregisterBroker,
  async handle({ brokerId }, { services }) {
    await services.controller.decide((context) => decide(brokerId, context));
    return {};
  },
  failed: ({ code, message }) => ({
    errorCode: code,
    errorMessage: message ?? errorMessage(code),
  }),
});
