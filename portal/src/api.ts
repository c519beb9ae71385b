/** The API, under the portal's own name: with the client's way of sending and the types of the definition. */

import createClient from "openapi-fetch";
import { ConnectionLost, ProblemError, SignInRefused } from "@client/errors.js";
import type { components, paths } from "@client/generated/schema.js";
import { RETRIES, sending } from "@client/sending.js";
import { currentToken, forget } from "./session.js";

export type Schemas = components["schemas"];
export { ConnectionLost, ProblemError, SignInRefused };

export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: sending({
    credentials: {
      token: () => {
        const token = currentToken();
        return token === undefined ? Promise.reject(new SignInRefused("signed out")) : Promise.resolve(token);
      },
      forget,
    },
    clock: undefined,
    retries: { ...RETRIES, tries: 3, longestWait: 5 },
    proof: undefined,
    fetch: (request) => fetch(request),
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  }),
});

/** The body of an answer: what is no good answer was thrown. */
export async function body<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data;
}
