import { SignInRefused } from "./errors.js";

/** A token is renewed so long before it ends: the call that carries it takes time, too. */
const EARLY_SECONDS = 60;

export type Fetch = (request: Request) => Promise<Response>;

/** Where a call's token comes from. */
export interface Tokens {
  token(fetch: Fetch): Promise<string>;
  /** The API took this token no more. */
  forget(token: string): void;
}

/** The token endpoint could not answer for now: asked again, it may. */
export class TokenEndpointBusy extends Error {
  constructor(
    url: string,
    readonly answer: Response,
  ) {
    const asked = answer.headers.get("Retry-After");
    super(`${url} answered ${answer.status}${asked ? `, Retry-After: ${asked}` : ""}`);
  }
}

/** What the token endpoint says. */
interface Said {
  access_token?: string;
  expires_in?: number;
  error?: string;
}

/** Gives a token that is good (OAuth 2.0 client credentials); asks for one only when it must. */
export class ClientCredentials implements Tokens {
  #token: { value: string; goodUntil: number } | undefined;
  #asked: Promise<string> | undefined;

  constructor(
    private readonly tokenUrl: string,
    private readonly clientId: string,
    private readonly clientSecret: string,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {}

  /** A token that is good for a while yet; callers at the same time share one request for it. */
  async token(fetch: Fetch): Promise<string> {
    if (this.#token !== undefined && this.now() < this.#token.goodUntil) return this.#token.value;
    this.#asked ??= this.#renew(fetch).finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  /** The API took this token no more: the next call asks for another. */
  forget(token: string): void {
    if (this.#token?.value === token) this.#token = undefined;
  }

  async #renew(fetch: Fetch): Promise<string> {
    const began = this.now();
    const basic = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString("base64");
    const answer = await fetch(
      new Request(this.tokenUrl, {
        method: "POST",
        headers: { Authorization: `Basic ${basic}`, "Content-Type": "application/x-www-form-urlencoded" },
        body: "grant_type=client_credentials",
      }),
    );
    if (answer.status >= 500 || answer.status === 429) throw new TokenEndpointBusy(this.tokenUrl, answer);
    const said = saidIn(await answer.text());
    if (!answer.ok || !said?.access_token) {
      const why = said?.error ?? `${answer.status}, and no token`;
      throw new SignInRefused(`${this.tokenUrl} refused ${this.clientId}: ${why}`);
    }
    const seconds = Math.max(0, (said.expires_in ?? 0) - EARLY_SECONDS);
    this.#token = { value: said.access_token, goodUntil: began + seconds };
    return said.access_token;
  }
}

function saidIn(text: string): Said | undefined {
  try {
    return JSON.parse(text) as Said;
  } catch {
    return undefined;
  }
}
