import { setTimeout } from "node:timers/promises";
import createClient, { type Client, type MaybeOptionalInit, type MethodResponse } from "openapi-fetch";
import type { PathsWithMethod, RequiredKeysOf } from "openapi-typescript-helpers";
import { ClientCredentials, type Fetch } from "./credentials.js";
import { NotConfigured } from "./errors.js";
import type { paths } from "./generated/schema.js";
import { type Proof, type Retries, RETRIES, sending } from "./sending.js";

type Json = `${string}/${string}`;
type Api = Client<paths, Json>;

/** What an operation answers: `Data<"get", "/v1/claims">`. */
export type Data<Method extends "get" | "post", Path extends PathsWithMethod<paths, Method>> = MethodResponse<
  Api,
  Method,
  Path
>;

/** Parameters and body of an operation: needed only where the operation needs one. */
type Init<Method extends "get" | "post", Path extends PathsWithMethod<paths, Method>> =
  RequiredKeysOf<MaybeOptionalInit<paths[Path], Method>> extends never
    ? [init?: MaybeOptionalInit<paths[Path], Method>]
    : [init: MaybeOptionalInit<paths[Path], Method>];

/** Address and credentials of one application, and what may be chosen. */
export interface Options {
  baseUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** The time it is for each call, in test mode: `2026-12-01T09:00:00Z`. */
  clock?: string | undefined;
  retries?: Partial<Retries>;
  /** For tokens that are bound to a key. */
  proof?: Proof;
  /** For a proxy, a client certificate or a stub. */
  fetch?: Fetch;
}

/**
 * The API, by path and method, with types that are generated from its definition.
 *
 * A command takes the header `Idempotency-Key`, where you have a number of your own for it; else it is given one.
 * What is repeated for you has the same key.
 */
export class Coverwright {
  /** Calls that also give the response with its headers: `ETag`, `X-Request-Id`, `Idempotent-Replayed`. */
  readonly raw: Api;
  readonly #options: Options;
  readonly #credentials: ClientCredentials;

  constructor(options: Options, credentials?: ClientCredentials) {
    this.#options = options;
    this.#credentials =
      credentials ?? new ClientCredentials(options.tokenUrl, options.clientId, options.clientSecret);
    this.raw = createClient<paths, Json>({
      baseUrl: options.baseUrl,
      fetch: sending({
        credentials: this.#credentials,
        clock: options.clock,
        retries: { ...RETRIES, ...options.retries },
        proof: options.proof,
        fetch: options.fetch ?? ((request) => fetch(request)),
        sleep: (seconds) => setTimeout(seconds * 1000),
      }),
    });
  }

  /** From COVERWRIGHT_BASE_URL, _TOKEN_URL, _CLIENT_ID, _CLIENT_SECRET, and if wanted _CLOCK. */
  static fromEnvironment(environment: Record<string, string | undefined> = process.env): Coverwright {
    const read = (name: string): string => environment[`COVERWRIGHT_${name}`] ?? "";
    const missing = ["BASE_URL", "TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET"].filter((name) => !read(name));
    if (missing.length > 0) throw new NotConfigured(`set ${missing.map((each) => `COVERWRIGHT_${each}`).join(", ")}`);
    return new Coverwright({
      baseUrl: read("BASE_URL"),
      tokenUrl: read("TOKEN_URL"),
      clientId: read("CLIENT_ID"),
      clientSecret: read("CLIENT_SECRET"),
      clock: read("CLOCK") || undefined,
    });
  }

  /** The same application at a time of its own: for test mode. */
  at(clock: string): Coverwright {
    return new Coverwright({ ...this.#options, clock }, this.#credentials);
  }

  /** What stands at a path. */
  async get<Path extends PathsWithMethod<paths, "get">>(path: Path, ...init: Init<"get", Path>): Promise<Data<"get", Path>> {
    const { data } = await this.raw.GET(path, ...(init as never));
    return data as Data<"get", Path>;
  }

  /** Carry a command out: once, however often it has to be sent. */
  async post<Path extends PathsWithMethod<paths, "post">>(
    path: Path,
    ...init: Init<"post", Path>
  ): Promise<Data<"post", Path>> {
    const { data } = await this.raw.POST(path, ...(init as never));
    return data as Data<"post", Path>;
  }

  /** Each entry of a list, page by page, as they are asked for. */
  async *items<Path extends PathsWithMethod<paths, "get">>(
    path: Path,
    ...init: Init<"get", Path>
  ): AsyncGenerator<Entry<Data<"get", Path>>> {
    const asked = (init[0] ?? {}) as { params?: { query?: Record<string, unknown> } };
    let after: unknown = asked.params?.query?.["after"];
    for (;;) {
      const query = { ...asked.params?.query, after };
      const given = [{ ...asked, params: { ...asked.params, query } }] as unknown as Init<"get", Path>;
      const page = (await this.get(path, ...given)) as { items: Entry<Data<"get", Path>>[]; next?: string };
      yield* page.items;
      if (!page.next || page.next === after) return; // a feed of events has a place to go on from at its end, too
      after = page.next;
    }
  }
}

type Entry<Page> = Page extends { items: readonly (infer Each)[] } ? Each : never;
