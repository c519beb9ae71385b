// Quote to paid claim with the client that @hey-api/openapi-ts makes.

import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { client } from "./client/client.gen.js";
import {
  acceptQuote,
  createClaim,
  createQuote,
  getClaim,
  issuePolicy,
  settleClaim,
} from "./client/sdk.gen.js";
import type { NoticeRequest, QuoteRequest } from "./client/types.gen.js";

interface Given {
  base_url: string;
  token: string;
  run: string;
  clock: { quoted_at: string; notified_at: string };
  quote: QuoteRequest;
  claim: Omit<NoticeRequest, "policy_id">;
}

const given = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Given;
client.setConfig({ baseUrl: given.base_url, auth: () => given.token });

const headers = (step: string, at: string) => ({
  "Idempotency-Key": `${given.run}-${step}`,
  "Coverwright-Clock": at,
});
const { quoted_at, notified_at } = given.clock;
const throwOnError = true;

const { data: quote } = await createQuote({
  throwOnError,
  headers: headers("quote", quoted_at),
  body: given.quote,
});
await acceptQuote({
  throwOnError,
  path: { quote_id: quote.id },
  headers: headers("accept", quoted_at),
});
const { data: policy } = await issuePolicy({
  throwOnError,
  headers: headers("issue", quoted_at),
  body: { quote_id: quote.id },
});
let { data: claim } = await createClaim({
  throwOnError,
  headers: headers("claim", notified_at),
  body: { policy_id: policy.id, ...given.claim },
});
const path = { claim_id: claim.id };
await settleClaim({ throwOnError, path, headers: headers("settle", notified_at) });
while (claim.payments.length === 0 || claim.payments.some((payment) => payment.status !== "paid")) {
  await setTimeout(200);
  ({ data: claim } = await getClaim({
    throwOnError,
    path,
    headers: { "Coverwright-Clock": notified_at },
  }));
}
console.log(claim.id);
