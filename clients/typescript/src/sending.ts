import { type Fetch, TokenEndpointBusy, type Tokens } from "./credentials.js";
import { ConnectionLost, CoverwrightError, type Problem, ProblemError, SignInRefused } from "./errors.js";
import { VERSION } from "./version.js";

/** How often a call is repeated, and how long it may wait in between. */
export interface Retries {
  tries: number;
  /** In seconds. Asked to wait longer (a day's quota is used up), the problem is thrown at once, with `retryAfter`. */
  longestWait: number;
  /** Where the answer does not say: at most so many seconds, then twice, four times, … as many. */
  firstWait: number;
}

/** Makes the proof of possession of a bound token (DPoP) from method, address and token. */
export type Proof = (method: string, address: string, token: string) => string | Promise<string>;

export const RETRIES: Retries = { tries: 5, longestWait: 30, firstWait: 0.5 };

/** Answers after which the same call may succeed, and is harmless: it carries the same key. */
const REPEATED = new Set([429, 500, 502, 503, 504]);

/** The API answers within 29 seconds, or says that it did not. The token endpoint is given as long. */
const TIMEOUT_MILLISECONDS = 35_000;

export interface Sending {
  credentials: Tokens;
  clock: string | undefined;
  retries: Retries;
  proof: Proof | undefined;
  fetch: Fetch;
  sleep: (seconds: number) => Promise<void>;
}

/** A `fetch` that signs in, gives each command one key for all its repetitions, and throws problems. */
export function sending(given: Sending): Fetch {
  const how = { ...given, fetch: withTimeout(given.fetch) };
  return async (request) => {
    const headers = new Headers(request.headers);
    headers.set("User-Agent", `coverwright-typescript/${VERSION}`);
    if (how.clock !== undefined) headers.set("Coverwright-Clock", how.clock);
    if (request.method === "POST" && !headers.has("Idempotency-Key")) {
      headers.set("Idempotency-Key", crypto.randomUUID());
    }
    const body = request.method === "POST" ? await request.arrayBuffer() : undefined;
    const key = headers.get("Idempotency-Key") ?? undefined;
    for (let number = 1; ; number++) {
      let wait: number | undefined;
      try {
        const answer = await read(await sent(how, request, headers, body));
        if (isGood(answer)) return answer.response;
        const asked = retryAfter(answer.response);
        wait = REPEATED.has(answer.response.status) ? pause(how.retries, number, asked) : undefined;
        if (wait === undefined) throw problemOf(answer, asked, key);
      } catch (error) {
        if (error instanceof SignInRefused) throw new SignInRefused(error.message, key, { cause: error });
        if (error instanceof CoverwrightError || request.signal.aborted) throw error;
        wait = pause(how.retries, number, error instanceof TokenEndpointBusy ? retryAfter(error.answer) : undefined);
        if (wait === undefined) {
          throw new ConnectionLost(`${request.method} ${request.url}: ${words(error)}`, key, { cause: error });
        }
      }
      await how.sleep(wait);
    }
  };
}

/** The answer; with a new token where the API took the one it had no more. */
async function sent(how: Sending, request: Request, headers: Headers, body?: ArrayBuffer): Promise<Response> {
  for (let renewed = false; ; renewed = true) {
    const token = await how.credentials.token(how.fetch);
    if (how.proof === undefined) {
      headers.set("Authorization", `Bearer ${token}`);
    } else {
      const { origin, pathname } = new URL(request.url);
      headers.set("DPoP", await how.proof(request.method, `${origin}${pathname}`, token));
      headers.set("Authorization", `DPoP ${token}`);
    }
    const { method, signal, url } = request;
    const answer = await how.fetch(new Request(url, { method, headers, body: body ?? null, signal }));
    if (answer.status !== 401 || renewed) return answer;
    how.credentials.forget(token);
  }
}

/** Waits for an answer, to its last byte, no longer than the API takes. */
function withTimeout(fetch: Fetch): Fetch {
  return (request) => {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
    return fetch(new Request(request, { signal }));
  };
}

/** An answer that is there to its last byte. */
interface Answer {
  response: Response;
  bytes: ArrayBuffer;
}

/** The whole answer: a connection may end within its body, too. */
async function read(answer: Response): Promise<Answer> {
  const bytes = await answer.arrayBuffer();
  // A status that has no body (204, 304) takes none, be it an empty one.
  return { response: new Response(bytes.byteLength > 0 ? bytes : null, answer), bytes };
}

/** It is the API's, and says that all is well: a proxy may answer with a page of its own. */
function isGood({ response, bytes }: Answer): boolean {
  if (response.status === 304) return true;
  const kind = response.headers.get("Content-Type") ?? "";
  return response.ok && (bytes.byteLength === 0 || kind.includes("json"));
}

/** How many seconds to wait after this try; undefined: it was the last. */
function pause(retries: Retries, number: number, asked: number | undefined): number | undefined {
  if (number >= retries.tries) return undefined;
  if (asked !== undefined) return asked <= retries.longestWait ? asked : undefined;
  // At random, so that many callers do not come back at once.
  return Math.random() * Math.min(retries.longestWait, retries.firstWait * 2 ** (number - 1));
}

/** Seconds, which the header gives as such or as a date (RFC 9110 §10.2.3). */
function retryAfter(answer: Response): number | undefined {
  const text = answer.headers.get("Retry-After")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}

function problemOf({ response, bytes }: Answer, asked: number | undefined, key: string | undefined): ProblemError {
  const text = new TextDecoder().decode(bytes);
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
    if (typeof problem !== "object" || problem === null || Array.isArray(problem)) throw new TypeError();
  } catch {
    problem = { code: "unexpected-answer", detail: text.slice(0, 200) };
  }
  problem.request_id ??= response.headers.get("X-Request-Id") ?? "";
  return new ProblemError(response.status, problem, asked, key);
}

function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
