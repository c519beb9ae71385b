// One key for all repetitions, `Retry-After` kept, tokens renewed, problems thrown: over a stub that answers in turn.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { ConnectionLost, Coverwright, CoverwrightError, InvalidSignature, moneyText, NotConfigured, ProblemError, SignInRefused, verifyWebhook } from "../dist/index.js";

type Step = Response | Error;

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

class Api {
  readonly calls: Request[] = [];
  signedIn = 0;
  tokenAnswer = (number: number): Response => json({ access_token: `token-${number}`, expires_in: 3600 });

  constructor(readonly steps: Step[]) {}

  fetch = async (request: Request): Promise<Response> => {
    if (request.url.includes("oauth2")) return this.tokenAnswer(++this.signedIn);
    this.calls.push(request);
    const step = this.steps.shift();
    if (step === undefined) throw new Error("nobody expected this call");
    if (step instanceof Error) throw step;
    return step;
  };

  headers(name: string): (string | null)[] {
    return this.calls.map((call) => call.headers.get(name));
  }
}

function client(api: Api, changes: object = {}): Coverwright {
  return new Coverwright({
    baseUrl: "https://api.test",
    tokenUrl: "https://auth.test/oauth2/token",
    clientId: "harbour",
    clientSecret: "hush",
    retries: { firstWait: 0 },
    fetch: api.fetch,
    ...changes,
  });
}

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json({ code, detail: "…", request_id: "r-1" }, status, headers);
/** An answer whose connection ends within its body. */
function cut(status: number): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id": "qu'));
      controller.error(new TypeError("terminated"));
    },
  });
  return new Response(body, { status, headers: { "Content-Type": "application/json" } });
}

const accept = { params: { path: { quote_id: "quo_1" } } };
const acceptance = "/v1/quotes/{quote_id}/acceptance";

for (const [name, first] of Object.entries({
  "too many": () => problem(429, "too-many-requests"),
  busy: () => problem(503, "busy"),
  "no answer": () => problem(504, "no-answer"),
  lost: () => new TypeError("fetch failed"),
  fault: () => problem(500, "fault"),
  "cut in its body": () => cut(200),
  "a problem that is cut": () => cut(422),
})) {
  test(`a command is repeated with the same key: ${name}`, async () => {
    const api = new Api([first(), first(), json({ id: "quo_1" })]);

    const quote = await client(api).post("/v1/policies", { body: { quote_id: "quo_1" } });

    assert.equal(quote.id, "quo_1");
    const keys = api.headers("Idempotency-Key");
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    assert.ok(keys[0]);
    assert.deepEqual(await Promise.all(api.calls.map((call) => call.text())), Array(3).fill('{"quote_id":"quo_1"}'));
  });
}

test("each command has a key of its own unless it is given one", async () => {
  const api = new Api([json({}), json({}), json({}), json({ items: [] })]);
  const cw = client(api);

  await cw.post(acceptance, accept);
  await cw.post(acceptance, accept);
  await cw.post(acceptance, { params: { ...accept.params, header: { "Idempotency-Key": "order-17" } } });
  await cw.get("/v1/products");

  const [first, second, third, fourth] = api.headers("Idempotency-Key");
  assert.notEqual(first, second);
  assert.deepEqual([third, fourth], ["order-17", null]);
});

test("Retry-After is kept, in seconds and as a date", async () => {
  const at = new Date(Date.now() + 1_000).toUTCString();
  const api = new Api([
    problem(503, "busy", { "Retry-After": "1" }),
    problem(503, "busy", { "Retry-After": at }),
    json({ items: [] }),
  ]);
  const began = performance.now();

  await client(api).get("/v1/products");

  assert.ok(performance.now() - began >= 990);
});

test("a wait that is too long is the caller's to decide", async () => {
  const api = new Api([problem(429, "quota-exceeded", { "Retry-After": "43200" })]);

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual([error.code, error.status, error.retryAfter], ["quota-exceeded", 429, 43200]);
    assert.equal(error.idempotencyKey, api.headers("Idempotency-Key")[0]);
    return true;
  });
});

test("it gives up, and says under which key", async () => {
  const api = new Api(Array.from({ length: 5 }, () => new TypeError("fetch failed")));

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ConnectionLost);
    assert.equal(error.name, "ConnectionLost");
    assert.match(error.message, /POST https:\/\/api.test\/v1\/quotes\/quo_1\/acceptance: fetch failed/);
    assert.equal(error.idempotencyKey, api.headers("Idempotency-Key")[4]);
    return true;
  });
});

for (const silent of ["oauth2", "/v1/"]) {
  test(`nothing is waited for without an end: ${silent}`, async (t) => {
    const late = new DOMException("late", "TimeoutError");
    t.mock.method(AbortSignal, "timeout", () => AbortSignal.abort(late));
    const api = new Api([]);
    const fetch = async (request: Request): Promise<Response> => {
      if (!request.url.includes(silent)) return api.fetch(request);
      if (!request.signal.aborted) throw new CoverwrightError("without an end");
      throw request.signal.reason;
    };

    await assert.rejects(client(api, { fetch }).post(acceptance, accept), (error) => {
      assert.ok(error instanceof ConnectionLost);
      assert.match(error.message, /late/);
      assert.ok(error.idempotencyKey);
      return true;
    });
  });
}

test("an answer that is cut each time is lost, and says under which key", async () => {
  const api = new Api(Array.from({ length: 5 }, () => cut(200)));

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ConnectionLost);
    assert.match(error.message, /terminated/);
    assert.equal(error.idempotencyKey, api.headers("Idempotency-Key")[4]);
    return true;
  });
});

test("a page of a proxy is no answer of the API, though it says that all is well", async () => {
  const api = new Api([new Response("<html>sign in</html>", { headers: { "Content-Type": "text/html" } })]);

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual([error.status, error.code], [200, "unexpected-answer"]);
    assert.equal(error.idempotencyKey, api.headers("Idempotency-Key")[0]);
    return true;
  });
});

test("an answer has its status and headers, and one without a body has none", async () => {
  const api = new Api([
    json({ items: [] }, 200, { ETag: '"3-x"' }),
    new Response(null, { status: 204 }),
    new Response(null, { status: 304, headers: { ETag: '"3-x"' } }),
  ]);
  const cw = client(api);

  const statuses = [];
  for (let number = 0; number < 3; number++) {
    const { response } = await cw.raw.GET("/v1/products");
    statuses.push([response.status, response.headers.get("ETag")]);
  }
  assert.deepEqual(statuses, [[200, '"3-x"'], [204, null], [304, '"3-x"']]);
});

test("what repetition does not mend is not repeated, and a problem has its code, its faults and the request", async () => {
  const errors = [{ pointer: "/answers/age", code: "required", detail: "say how old" }];
  const said = { type: "https://x/p", title: "T", detail: "One.", code: "invalid-fields", request_id: "r-1", errors };
  const api = new Api([json(said, 422)]);

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual(error.errors, errors);
    assert.deepEqual([error.requestId, error.type, error.title], ["r-1", "https://x/p", "T"]);
    assert.equal(error.message, "invalid-fields (422): One.\n  /answers/age: say how old (required)\n  request r-1");
    return true;
  });
  assert.equal(api.calls.length, 1);
});

test("what is no problem is told too", async () => {
  const api = new Api([new Response("<html>", { status: 403, headers: { "X-Request-Id": "r-2" } })]);

  await assert.rejects(client(api).get("/v1/products"), { code: "unexpected-answer", requestId: "r-2" });
});

test("a token is shared, and renewed once where it is taken no more", async () => {
  const api = new Api([json({}), json({}), problem(401, "a"), json({}), problem(401, "b"), problem(401, "c")]);
  const cw = client(api);

  await Promise.all([cw.get("/v1/products"), cw.get("/v1/products")]);
  assert.equal(api.signedIn, 1);
  await cw.get("/v1/products");
  await assert.rejects(cw.get("/v1/products"), { code: "c" });

  const expected = [1, 1, 1, 2, 2, 3].map((number) => `Bearer token-${number}`);
  assert.deepEqual(api.headers("Authorization"), expected);
});

test("a token that ends soon is not used", async () => {
  const api = new Api([json({}), json({})]);
  api.tokenAnswer = (number) => json({ access_token: `token-${number}`, expires_in: 60 });
  const cw = client(api);

  await cw.get("/v1/products");
  await cw.get("/v1/products");

  assert.deepEqual(api.headers("Authorization"), ["Bearer token-1", "Bearer token-2"]);
});

test("credentials that open nothing are said", async () => {
  const api = new Api([]);
  api.tokenAnswer = () => json({ error: "invalid_client" }, 401);

  await assert.rejects(client(api).get("/v1/products"), (error) => {
    assert.ok(error instanceof SignInRefused);
    assert.match(error.message, /refused harbour: invalid_client/);
    assert.doesNotMatch(error.message, /hush/);
    return true;
  });
});

test("a refused sign-in says for each command under which key to repeat it", async () => {
  const api = new Api([]);
  api.tokenAnswer = () => json({ error: "invalid_client" }, 401);
  const cw = client(api);
  const keys = ["order-17", "order-18"];

  const refused = await Promise.allSettled(
    keys.map((key) => cw.post(acceptance, { params: { ...accept.params, header: { "Idempotency-Key": key } } })),
  );

  assert.equal(api.signedIn, 1);
  assert.deepEqual(refused.map((each) => each.status === "rejected" && each.reason.idempotencyKey), keys);
});

test("a token endpoint that is asked too often says when to come back", async () => {
  const api = new Api([json({ items: [] })]);
  const good = api.tokenAnswer;
  api.tokenAnswer = (number) => (number === 1 ? new Response(null, { status: 429, headers: { "Retry-After": "1" } }) : good(number));
  const began = performance.now();

  await client(api).get("/v1/products");

  assert.ok(performance.now() - began >= 990);
  assert.deepEqual(api.headers("Authorization"), ["Bearer token-2"]);
});

test("a token endpoint that asks for too long a wait is not asked again", async () => {
  const api = new Api([]);
  api.tokenAnswer = () => new Response(null, { status: 429, headers: { "Retry-After": "600" } });

  await assert.rejects(client(api).post(acceptance, accept), (error) => {
    assert.ok(error instanceof ConnectionLost);
    assert.match(error.message, /answered 429, Retry-After: 600/);
    assert.ok(error.idempotencyKey);
    return true;
  });
  assert.equal(api.signedIn, 1);
});

test("a token whose answer is cut is asked for again", async () => {
  const api = new Api([json({ items: [] })]);
  const good = api.tokenAnswer;
  api.tokenAnswer = (number) => (number === 1 ? cut(200) : good(number));

  await client(api).get("/v1/products");

  assert.deepEqual(api.headers("Authorization"), ["Bearer token-2"]);
});

test("a list is read page by page", async () => {
  const api = new Api([json({ items: [{ id: 1 }, { id: 2 }], next: "abc" }), json({ items: [{ id: 3 }] })]);
  const seen: unknown[] = [];

  for await (const each of client(api).items("/v1/claims", { params: { query: { party_id: "pty_1" } } })) seen.push(each);

  assert.deepEqual(seen, [{ id: 1 }, { id: 2 }, { id: 3 }]);
  assert.deepEqual(
    api.calls.map((call) => new URL(call.url).search),
    ["?party_id=pty_1", "?party_id=pty_1&after=abc"],
  );
});

test("a feed ends where it leads nowhere further", async () => {
  const api = new Api([json({ items: [{ id: "a" }], next: "abc" }), json({ items: [], next: "abc" })]);
  const seen: unknown[] = [];

  for await (const each of client(api).items("/v1/events")) seen.push(each.id);

  assert.deepEqual(seen, ["a"]);
});

test("a bound token has a new proof for each try, and the clock of test mode goes with each call", async () => {
  const made: string[][] = [];
  const proof = (...words: string[]) => `proof-${made.push(words)}`;
  const api = new Api([problem(503, "busy", { "Retry-After": "0" }), json({ items: [] })]);

  await client(api, { proof }).at("2026-12-01T09:00:00Z").get("/v1/claims", { params: { query: { limit: 1 } } });

  assert.deepEqual(api.headers("DPoP"), ["proof-1", "proof-2"]);
  assert.deepEqual(made[1], ["GET", "https://api.test/v1/claims", "token-1"]);
  assert.deepEqual(api.headers("Coverwright-Clock"), Array(2).fill("2026-12-01T09:00:00Z"));
});

test("what is missing is named", () => {
  assert.throws(() => Coverwright.fromEnvironment({}), (error) => {
    assert.ok(error instanceof NotConfigured);
    assert.match(error.message, /COVERWRIGHT_BASE_URL, COVERWRIGHT_TOKEN_URL/);
    return true;
  });
});

test("money is said with its currency's decimals", () => {
  const cases: [number, string, string][] = [
    [16926, "GBP", "169.26 GBP"],
    [-5, "EUR", "-0.05 EUR"],
    [1200, "JPY", "1200 JPY"],
    [1, "KWD", "0.001 KWD"],
  ];
  for (const [amount, currency, said] of cases) assert.equal(moneyText({ amount, currency }), said);
});

const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(24, byte)) as [Buffer, Buffer];
const BODY = '{"type":"claim.settled","amount":250000}';

function signed(secret: Buffer, ageSeconds = 0): Record<string, string> {
  const at = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = createHmac("sha256", secret).update(`msg_1.${at}.${BODY}`).digest("base64");
  return { "webhook-id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
}

test("a webhook's message is taken if one of our secrets signed it, whole and just now", () => {
  const secrets = [OLD, NEW].map((secret) => `whsec_${secret.toString("base64")}`);

  for (const headers of [signed(NEW), signed(OLD), new Headers(signed(NEW, 240))]) {
    assert.equal(verifyWebhook(BODY, headers, secrets)["amount"], 250000);
  }
  for (const [headers, body] of [
    [signed(Buffer.alloc(24, 3)), BODY],
    [signed(NEW, 360), BODY],
    [signed(NEW, -360), BODY],
    [signed(NEW), BODY.replace("25", "35")],
    [{ ...signed(NEW), "webhook-signature": "v1" }, BODY],
    [{}, BODY],
  ] as [Record<string, string>, string][]) {
    assert.throws(() => verifyWebhook(body, headers, secrets), InvalidSignature);
  }
});
