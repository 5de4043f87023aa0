/** Broker keys of TLS. */
import { boolean, className, type ConfigKeys, list, password, string, UNUSED } from "../define.ts";

export const SECURITY_SSL_CONFIGS = {
  "ssl.protocol": string("TLSv1.3", {
    doc: "TLS version from which Java makes its context; it bounds the ones that are negotiated.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
  "ssl.enabled.protocols": list("TLSv1.2,TLSv1.3", {
    doc: "TLS versions that may be negotiated. Empty: those that Java enables.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.cipher.suites": list("", {
    doc: "Cipher suites that may be negotiated. Empty: all there are.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.client.auth": string("none", {
    doc:
      "Whether a client's certificate is required, requested (it may have none) or not asked for " +
      "(none).",
    in: ["required", "requested", "none"],
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.endpoint.identification.algorithm": string("https", {
    doc: 'How the host name in a certificate is checked; "https" matches it with the address, ' +
      "empty checks nothing.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.keystore.type": string("JKS", {
    doc: "Form of the key store: JKS, PKCS12 or PEM.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.keystore.location": string(null, {
    doc: "File that holds the node's private key and its certificates.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.keystore.password": password(null, {
    doc: "Password of the key store file; PEM files have none.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.keystore.key": password(null, {
    doc: "The private key itself, as PEM (PKCS #8), in place of a file.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.keystore.certificate.chain": password(null, {
    doc: "The node's certificates themselves, as PEM, in place of a file.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.key.password": password(null, {
    doc: "Password of the private key.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.truststore.type": string("JKS", {
    doc: "Form of the trust store: JKS, PKCS12 or PEM.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.truststore.location": string(null, {
    doc: "File that holds the certificates that are trusted.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.truststore.password": password(null, {
    doc: "Password of the trust store file. Unset: the file is used without checking that it is " +
      "intact.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.truststore.certificates": password(null, {
    doc: "The trusted certificates themselves, as PEM, in place of a file.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "ssl.principal.mapping.rules": string("DEFAULT", {
    doc: "Rules that turn the name in a client's certificate into a user; the first that matches " +
      "counts. DEFAULT keeps the name.",
    unused: UNUSED.security,
  }),
  "ssl.allow.dn.changes": boolean(false, {
    doc: "Whether a certificate put in at run time may carry another distinguished name.",
    unused: UNUSED.security,
  }),
  "ssl.allow.san.changes": boolean(false, {
    doc: "Whether a certificate put in at run time may carry other alternative names.",
    unused: UNUSED.security,
  }),
  "ssl.engine.factory.class": className(null, {
    doc: "Class that makes the TLS engines.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
  "ssl.keymanager.algorithm": string("SunX509", {
    doc: "Algorithm of Java's key manager.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
  "ssl.trustmanager.algorithm": string("PKIX", {
    doc: "Algorithm of Java's trust manager.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
  "ssl.provider": string(null, {
    doc: "Java security provider for TLS. Unset: Java's default.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
  "ssl.secure.random.implementation": string(null, {
    doc: "Java's random number generator for TLS. Unset: Java's default.",
    update: "per-broker",
    unused: UNUSED.jvm,
  }),
} as const satisfies ConfigKeys;
