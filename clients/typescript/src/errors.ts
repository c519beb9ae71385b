/** One fault in what was sent. */
export interface FieldFault {
  /** A JSON pointer into the body, or the name of a parameter or a header. */
  pointer: string;
  code: string;
  detail: string;
}

/** What the API answers when it refuses (RFC 9457); some problems have further members. */
export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: FieldFault[];
  [further: string]: unknown;
}

/** The base of all that this package throws. */
export class CoverwrightError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An address, or a credential, is missing. */
export class NotConfigured extends CoverwrightError {}

/**
 * The token endpoint gave no token. An earlier try of the same command may have been carried out:
 * repeat it with the same `idempotencyKey`.
 */
export class SignInRefused extends CoverwrightError {
  constructor(
    message: string,
    readonly idempotencyKey?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A webhook's message is not from us, not whole, or too old: do not act on it. */
export class InvalidSignature extends CoverwrightError {}

/**
 * No answer came, however often the call was repeated. Whether it was carried out is not known.
 * Repeat it with the same `idempotencyKey`: nothing is done twice.
 */
export class ConnectionLost extends CoverwrightError {
  constructor(
    message: string,
    readonly idempotencyKey: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The API answered with a problem. Act on `code`, never on the words. */
export class ProblemError extends CoverwrightError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly type: string;
  readonly requestId: string;
  readonly errors: readonly FieldFault[];

  constructor(
    readonly status: number,
    /** The whole answer. */
    readonly problem: Problem,
    /** After how many seconds the API asks to be called again. */
    readonly retryAfter?: number,
    /** The key that the command was sent with: a repetition takes the same. */
    readonly idempotencyKey?: string,
  ) {
    const code = problem.code ?? "unknown";
    const faults = (problem.errors ?? []).map((each) => `\n  ${each.pointer}: ${each.detail} (${each.code})`);
    const request = problem.request_id ? `\n  request ${problem.request_id}` : "";
    super(`${code} (${status}): ${problem.detail ?? problem.title ?? ""}${faults.join("")}${request}`);
    this.code = code;
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
    this.type = problem.type ?? "about:blank";
    this.requestId = problem.request_id ?? "";
    this.errors = problem.errors ?? [];
  }
}
