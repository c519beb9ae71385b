/** What pages are made of: what is loaded and shown, a table, a fact, a problem. */

import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { ConnectionLost, ProblemError, SignInRefused } from "./api.js";

type Loaded<Value> =
  | { state: "loading" }
  | { state: "failed"; error: unknown }
  | { state: "loaded"; value: Value };

/** Something that a page shows, read when the page opens; `again` reads it anew. */
export function useLoaded<Value>(load: () => Promise<Value>, by: unknown[] = []): [Loaded<Value>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    const set = (next: Loaded<Value>) => {
      if (!isOver) setLoaded(next);
    };
    load().then(
      (value) => set({ state: "loaded", value }),
      (error: unknown) => set({ state: "failed", error }),
    );
    return () => {
      isOver = true;
    };
  }, [turn, ...by]);
  const again = useCallback(() => setTurn((number) => number + 1), []);
  return [loaded, again];
}

export function Shown<Value>(given: {
  loaded: Loaded<Value>;
  again?: () => void;
  children: (value: Value) => ComponentChildren;
}) {
  const { loaded, again, children } = given;
  if (loaded.state === "loading") {
    return (
      <p role="status" class="hint">
        Loading …
      </p>
    );
  }
  if (loaded.state === "failed") return <Failure error={loaded.error} again={again} />;
  return <>{children(loaded.value)}</>;
}

export function Failure({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  if (error instanceof SignInRefused) return <Notice kind="bad">Your sign-in has ended. Sign in again.</Notice>;
  const retry = again && (
    <button class="quiet" onClick={again}>
      Try again
    </button>
  );
  if (!(error instanceof ProblemError)) {
    const lost = error instanceof ConnectionLost;
    return (
      <Notice kind="bad">
        {lost ? "The API does not answer." : "This could not be read."} {retry}
      </Notice>
    );
  }
  const type = error.problem.type ?? "";
  return (
    <Notice kind="bad">
      <strong>{error.title}</strong> {error.detail}{" "}
      {/^https?:\/\//.test(type) && <a href={type}>What {error.code} means</a>}
      <p class="hint">
        Request <code>{error.problem.request_id}</code>
      </p>
      {retry}
    </Notice>
  );
}

export function Notice({ kind, children }: { kind: "bad" | "good"; children: ComponentChildren }) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** A table. On a phone each row is a card, and its roles keep it a table to who listens. */
export function Table(given: { caption: string; columns: string[]; rows: ComponentChildren[][] }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={given.caption}>
      <table role="table">
        <caption>{given.caption}</caption>
        <thead>
          <tr role="row">
            {given.columns.map((column) => (
              <th key={column} scope="col" role="columnheader">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {given.rows.map((cells, row) => (
            <tr key={row} role="row">
              {cells.map((cell, column) => (
                <td key={column} role="cell" data-column={given.columns[column]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const GOOD = new Set(["active", "bindable", "delivered", "published"]);
const BAD = new Set(["rejected", "cancelled", "suspended", "off", "refused", "declined", "retired", "gone"]);

export function Status({ value }: { value: string }) {
  const kind = GOOD.has(value) ? "good" : BAD.has(value) ? "bad" : "";
  return <span class={`status ${kind}`}>{value.replaceAll("_", " ")}</span>;
}

export function Codes({ values }: { values: readonly string[] }) {
  return (
    <>
      {values.map((value) => (
        <code key={value} class="tag">
          {value}
        </code>
      ))}
    </>
  );
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function Instant({ at }: { at: string }) {
  return <time dateTime={at}>{WHEN.format(new Date(at))}</time>;
}
