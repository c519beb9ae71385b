// Quote to paid claim with openapi-fetch and the types that openapi-typescript makes.

import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

interface Given {
  base_url: string;
  token: string;
  run: string;
  clock: { quoted_at: string; notified_at: string };
  quote: Schemas["QuoteRequest"];
  claim: Omit<Schemas["NoticeRequest"], "policy_id">;
}

const given = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Given;
const client = createClient<paths>({
  baseUrl: given.base_url,
  headers: { Authorization: `Bearer ${given.token}` },
});

const header = (step: string, at: string) => ({
  "Idempotency-Key": `${given.run}-${step}`,
  "Coverwright-Clock": at,
});
const { quoted_at, notified_at } = given.clock;

function good<Data>({ data, error }: { data?: Data; error?: Schemas["Problem"] }): Data {
  if (data === undefined) throw new Error(`${error?.code}: ${error?.detail}`);
  return data;
}

const quote = good(
  await client.POST("/v1/quotes", {
    params: { header: header("quote", quoted_at) },
    body: given.quote,
  }),
);
good(
  await client.POST("/v1/quotes/{quote_id}/acceptance", {
    params: { path: { quote_id: quote.id }, header: header("accept", quoted_at) },
  }),
);
const policy = good(
  await client.POST("/v1/policies", {
    params: { header: header("issue", quoted_at) },
    body: { quote_id: quote.id },
  }),
);
let claim = good(
  await client.POST("/v1/claims", {
    params: { header: header("claim", notified_at) },
    body: { policy_id: policy.id, ...given.claim },
  }),
);
const path = { claim_id: claim.id };
good(
  await client.POST("/v1/claims/{claim_id}/settlement", {
    params: { path, header: header("settle", notified_at) },
  }),
);
while (claim.payments.length === 0 || claim.payments.some((payment) => payment.status !== "paid")) {
  await setTimeout(200);
  claim = good(
    await client.GET("/v1/claims/{claim_id}", {
      params: { path, header: { "Coverwright-Clock": notified_at } },
    }),
  );
}
console.log(claim.id);
