/** For programs that embed a broker: `const broker = await startBroker({ config })`. */
export { Broker, type BrokerListener, startBroker, type StartOptions } from "./broker/broker.ts";
export { ListenError } from "./broker/network/server.ts";
export { ConfigError } from "./config/parse.ts";
