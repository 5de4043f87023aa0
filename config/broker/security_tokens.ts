/** Broker keys of authorization, principals and delegation tokens. */
import { className, type ConfigKeys, long, password, string, UNUSED } from "../define.ts";

export const SECURITY_TOKEN_CONFIGS = {
  "authorizer.class.name": string("", {
    doc: "Class that decides who may do what. Empty: everybody may do everything.",
    unused: UNUSED.security,
  }),
  "principal.builder.class": className(
    "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder",
    {
      doc: "Class that turns what a client proved about itself into a user.",
      update: "per-broker",
      unused: UNUSED.jvm,
    },
  ),
  "security.providers": string(null, {
    doc: "Classes that add security providers to Java.",
    unused: UNUSED.jvm,
  }),
  "delegation.token.secret.key": password(null, {
    doc: "Secret that signs delegation tokens, the same on all nodes. Unset: there are no " +
      "delegation tokens.",
    unused: UNUSED.security,
  }),
  "delegation.token.max.lifetime.ms": long(604_800_000, {
    doc: "Time beyond which a delegation token cannot be renewed, in milliseconds.",
    min: 1,
    unused: UNUSED.security,
  }),
  "delegation.token.expiry.time.ms": long(86_400_000, {
    doc: "Time for which a delegation token holds unless it is renewed, in milliseconds.",
    min: 1,
    unused: UNUSED.security,
  }),
  "delegation.token.expiry.check.interval.ms": long(3_600_000, {
    doc: "Time between two searches for expired delegation tokens, in milliseconds.",
    min: 1,
    unused: UNUSED.security,
  }),
} as const satisfies ConfigKeys;
