import { Webhook } from "standardwebhooks";
import { InvalidSignature } from "./errors.js";

/**
 * A webhook's message, if it was signed with one of the secrets within five minutes of now (Standard Webhooks 1.0).
 *
 * `body` is what arrived, byte for byte: a body that was read and written again has another signature. While a secret
 * is being changed, give the old and the new one. Act on each `webhook-id` once: messages are repeated.
 */
export function verifyWebhook(
  body: string | Buffer,
  headers: Headers | Record<string, string>,
  secrets: string | readonly string[],
): Record<string, unknown> {
  const given = headers instanceof Headers ? Object.fromEntries(headers) : headers;
  let cause: unknown = "no secret was given";
  for (const secret of [secrets].flat()) {
    const verifier = new Webhook(secret);
    try {
      return verifier.verify(body, given) as Record<string, unknown>;
    } catch (error) {
      cause = error;
    }
  }
  throw new InvalidSignature(cause instanceof Error ? cause.message : String(cause), { cause });
}
