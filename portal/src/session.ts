/**
 * Signing in: an authorization code with PKCE (RFC 7636) at the user pool.
 *
 * The token stands in this module's memory and nowhere else: a page that is loaded again has none, and asks the user
 * pool anew, where the person is still known. What must outlive the way there and back (state and verifier, neither of
 * use to anybody without the code) stands in the tab's session storage.
 */

import type { Configuration } from "./files.js";

const PENDING = "sign-in";
const SCOPES = [
  "openid",
  ...["partners:read", "partners:write", "products:read", "quotes:read", "quotes:write", "usage:read", "webhooks:read", "webhooks:write"].map(
    (scope) => `coverwright/${scope}`,
  ),
];

interface Pending {
  state: string;
  verifier: string;
  route: string;
}

let token: string | undefined;
/** It is never used to renew: it is kept to be revoked. */
let refreshToken: string | undefined;
const listeners = new Set<() => void>();

export function currentToken(): string | undefined {
  return token;
}

/** The id of the person who signed in, as the user pool has it: what their own token says. */
export function mine(): string {
  try {
    const [, claims = ""] = (token ?? "").split(".");
    const said = JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: unknown };
    return typeof said.sub === "string" ? said.sub : "";
  } catch {
    return "";
  }
}

/** Be told when somebody signs in or out. */
export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function forget(): void {
  token = undefined;
  for (const listener of listeners) listener();
}

/** Leave the user pool too: who signs in next at this machine is asked for a name. */
export function signOut({ sign_in, client_id }: Configuration): void {
  if (refreshToken !== undefined) {
    // It outlives this page; nobody waits for its answer.
    const body = new URLSearchParams({ token: refreshToken, client_id });
    fetch(`${sign_in}/oauth2/revoke`, { method: "POST", mode: "no-cors", credentials: "omit", keepalive: true, body }).catch(
      () => undefined,
    );
  }
  refreshToken = undefined;
  forget();
  location.assign(`${sign_in}/logout?${new URLSearchParams({ client_id, logout_uri: here() })}`);
}

/** Leave for the sign-in. */
export async function signIn({ sign_in, client_id }: Configuration): Promise<void> {
  const pending: Pending = { state: random(), verifier: random(), route: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: here(),
    scope: SCOPES.join(" "),
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  location.assign(`${sign_in}/oauth2/authorize?${query}`);
}

/** Take the code that the sign-in sent us back with; what went wrong, if anything. */
export async function comeBack({ sign_in, client_id }: Configuration): Promise<string | undefined> {
  const told = new URLSearchParams(location.search);
  if (!told.has("code") && !told.has("error")) return undefined;
  const pending = takePending();
  history.replaceState(null, "", `${location.pathname}${pending?.route ?? ""}`);
  const code = told.get("code");
  if (pending === undefined || told.get("state") !== pending.state) {
    return "The sign-in was begun elsewhere. Sign in again.";
  }
  if (code === null) return "The sign-in was refused. Sign in again.";
  try {
    const answer = await fetch(`${sign_in}/oauth2/token`, {
      method: "POST",
      credentials: "omit",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id,
        code,
        redirect_uri: here(),
        code_verifier: pending.verifier,
      }),
    });
    const said = (await answer.json()) as { access_token?: string; refresh_token?: string };
    if (!answer.ok || said.access_token === undefined) return "The sign-in has expired. Sign in again.";
    token = said.access_token;
    refreshToken = said.refresh_token;
    return undefined;
  } catch {
    return "The sign-in does not answer. Try again.";
  }
}

function takePending(): Pending | undefined {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  try {
    return text === null ? undefined : (JSON.parse(text) as Pending);
  } catch {
    return undefined;
  }
}

/** This page's address, as the user pool knows it. */
function here(): string {
  return `${location.origin}${location.pathname.replace(/index\.html$/, "")}`;
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
