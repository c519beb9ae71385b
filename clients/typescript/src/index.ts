/** Client of the Coverwright API: sign in, call, repeat safely, read lists, act on problems, verify webhooks. */

export { Coverwright, type Data, type Options } from "./client.js";
export { ConnectionLost, CoverwrightError, InvalidSignature, NotConfigured, ProblemError, SignInRefused } from "./errors.js";
export type { FieldFault, Problem } from "./errors.js";
export { moneyText } from "./money.js";
export type { Proof, Retries } from "./sending.js";
export { verifyWebhook } from "./webhooks.js";
export { VERSION } from "./version.js";
export type { components, operations, paths } from "./generated/schema.js";
