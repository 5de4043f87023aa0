/** Broker keys of SASL, with Kerberos and with the renewal of logins. */
import {
  className,
  type ConfigKeys,
  double,
  int,
  list,
  long,
  password,
  short,
  string,
  UNUSED,
} from "../define.ts";

export const SECURITY_SASL_CONFIGS = {
  "sasl.enabled.mechanisms": list("GSSAPI", {
    doc: "SASL mechanisms offered to clients.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.mechanism.inter.broker.protocol": string("GSSAPI", {
    doc: "SASL mechanism between brokers.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.mechanism.controller.protocol": string("GSSAPI", {
    doc: "SASL mechanism between brokers and controllers.",
    unused: UNUSED.security,
  }),
  "sasl.jaas.config": password(null, {
    doc: "Login module with its options for one mechanism, given with the prefix " +
      "listener.name.<name>.<mechanism>.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.server.max.receive.size": int(524_288, {
    doc: "Largest message accepted from a client that is not authenticated yet, in bytes.",
    unused: UNUSED.security,
  }),
  "connection.failed.authentication.delay.ms": int(100, {
    doc: "Time a connection stays open after a failed authentication, in milliseconds; less than " +
      "connections.max.idle.ms.",
    min: 0,
    unused: UNUSED.security,
  }),
  "connections.max.reauth.ms": long(0, {
    doc: "Time after which a client must authenticate again, in milliseconds; 0 means never.",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.service.name": string(null, {
    doc: "Kerberos principal name of the brokers. Unset: taken from the JAAS config.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.principal.to.local.rules": list("DEFAULT", {
    doc: "Rules that turn Kerberos principals into users; the first that matches counts. DEFAULT " +
      "keeps the first part.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.kinit.cmd": string("/usr/bin/kinit", {
    doc: "Path of the kinit program.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.min.time.before.relogin": long(60_000, {
    doc: "Least time between two renewals of a Kerberos ticket, in milliseconds.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.ticket.renew.jitter": double("0.05", {
    doc: "Random part added to the time of a ticket's renewal, as a share of it.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.kerberos.ticket.renew.window.factor": double("0.8", {
    doc: "Share of a ticket's life after which it is renewed.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.client.callback.handler.class": className(null, {
    doc: "Class that answers the questions of a SASL client.",
    unused: UNUSED.jvm,
  }),
  "sasl.server.callback.handler.class": className(null, {
    doc: "Class that answers the questions of a SASL server, given with the prefix " +
      "listener.name.<name>.<mechanism>.",
    unused: UNUSED.jvm,
  }),
  "sasl.login.callback.handler.class": className(null, {
    doc: "Class that answers the questions of a login, given with the prefix " +
      "listener.name.<name>.<mechanism>.",
    unused: UNUSED.jvm,
  }),
  "sasl.login.class": className(null, {
    doc: "Class that logs in, given with the prefix listener.name.<name>.<mechanism>.",
    unused: UNUSED.jvm,
  }),
  "sasl.login.connect.timeout.ms": int(null, {
    doc: "Time to connect to the OAuth provider, in milliseconds. Unset: no limit.",
    unused: UNUSED.security,
  }),
  "sasl.login.read.timeout.ms": int(null, {
    doc: "Time to wait for data of the OAuth provider, in milliseconds. Unset: no limit.",
    unused: UNUSED.security,
  }),
  "sasl.login.refresh.window.factor": double("0.8", {
    doc: "Share of an OAuth token's life after which it is renewed, 0.5 to 1.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.login.refresh.window.jitter": double("0.05", {
    doc:
      "Random part added to the time of an OAuth token's renewal, as a share of its life, 0 to " +
      "0.25.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.login.refresh.min.period.seconds": short(60, {
    doc: "Least time between two renewals of an OAuth token, in seconds, up to 900.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.login.refresh.buffer.seconds": short(300, {
    doc: "Time before its end by which an OAuth token is renewed, in seconds, up to 3600.",
    update: "per-broker",
    unused: UNUSED.security,
  }),
  "sasl.login.retry.backoff.ms": long(100, {
    doc:
      "Pause before the first repeat of a failed OAuth login, in milliseconds; it doubles each " +
      "time.",
    unused: UNUSED.security,
  }),
  "sasl.login.retry.backoff.max.ms": long(10_000, {
    doc: "Longest pause between two tries of an OAuth login, in milliseconds.",
    unused: UNUSED.security,
  }),
} as const satisfies ConfigKeys;
