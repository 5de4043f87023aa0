/** Broker keys of SASL/OAUTHBEARER: how tokens are fetched and how they are checked. */
import {
  boolean,
  className,
  type ConfigKeys,
  int,
  list,
  long,
  password,
  string,
  UNUSED,
} from "../define.ts";

export const SECURITY_OAUTH_CONFIGS = {
  "sasl.oauthbearer.token.endpoint.url": string(null, {
    doc: "Where tokens are fetched: the provider's address, or a file that holds one.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.client.credentials.client.id": string(null, {
    doc: "Client id shown to the OAuth provider. Unset: clientId in the JAAS config.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.client.credentials.client.secret": password(null, {
    doc: "Secret that goes with the client id. Unset: clientSecret in the JAAS config.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.scope": string(null, {
    doc: "Scope asked for with a token. Unset: scope in the JAAS config.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.jwt.retriever.class": className(
    "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
    {
      doc: "Class that fetches tokens.",
      unused: UNUSED.jvm,
    },
  ),
  "sasl.oauthbearer.jwt.validator.class": className(
    "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator",
    {
      doc: "Class that checks tokens.",
      unused: UNUSED.jvm,
    },
  ),
  "sasl.oauthbearer.assertion.file": string(null, {
    doc: "File with a ready signed assertion, read again when it changes. With it the other " +
      "assertion keys are ignored.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.algorithm": string("RS256", {
    doc: "Algorithm that signs the assertion.",
    in: ["ES256", "RS256"],
    ignoreCase: true,
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.private.key.file": string(null, {
    doc: "PEM file of the key that signs the assertion, read again when it changes.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.private.key.passphrase": password(null, {
    doc: "Passphrase of that key. Unset: the key is not encrypted.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.template.file": string(null, {
    doc: "File with further header fields and claims of the assertion.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.aud": string(null, {
    doc: 'Audience ("aud") in the assertion.',
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.iss": string(null, {
    doc: 'Issuer ("iss") in the assertion.',
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.sub": string(null, {
    doc: 'Subject ("sub") in the assertion.',
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.exp.seconds": int(300, {
    doc: 'Time from its making to the assertion\'s end ("exp"), in seconds.',
    min: 0,
    max: 86_400,
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.nbf.seconds": int(60, {
    doc: 'How far before its making the assertion begins to hold ("nbf"), in seconds.',
    min: 0,
    max: 3600,
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.assertion.claim.jti.include": boolean(false, {
    doc: 'Whether each assertion gets a unique id ("jti").',
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.expected.audience": list("", {
    doc: "Audiences of which a client's token must name one. Empty: the audience is not checked.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.expected.issuer": string(null, {
    doc: "Issuer that a client's token must name. Unset: the issuer is not checked.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.clock.skew.seconds": int(30, {
    doc: "Difference allowed between the clocks of the OAuth provider and the broker, in seconds.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.scope.claim.name": string("scope", {
    doc: "Claim of a token that holds its scope.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.sub.claim.name": string("sub", {
    doc: "Claim of a token that holds its subject.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.jwks.endpoint.url": string(null, {
    doc: "Where the keys that signed the tokens are found: the provider's address or a file.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.jwks.endpoint.refresh.ms": long(3_600_000, {
    doc: "Time between two fetches of the provider's keys, in milliseconds.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms": long(100, {
    doc:
      "Pause before the first repeat of a failed fetch of the keys, in milliseconds; it doubles " +
      "each time.",
    unused: UNUSED.security,
  }),
  "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms": long(10_000, {
    doc: "Longest pause between two tries to fetch the keys, in milliseconds.",
    unused: UNUSED.security,
  }),
} as const satisfies ConfigKeys;
