import { useState } from "preact/hooks";
import { api, body, type Schemas } from "../api.js";
import { Empty, Facts, Instant, Shown, Table, useLoaded } from "../parts.js";

type Tally = Schemas["TallyView"];

export function UsagePage({ docs }: { docs: string }) {
  const months = lastMonths();
  const [month, setMonth] = useState(months[0] ?? "");
  const query = { month };
  const [loaded, again] = useLoaded(() => body(api.GET("/v1/usage/statement", { params: { query } })), [month]);
  return (
    <>
      <h1 tabIndex={-1}>Usage</h1>
      <p>
        What your applications called in a month, counted from the gateway's own log, refused calls too. How it is
        counted stands <a href={`${docs}/usage`}>in the docs</a>.
      </p>
      <p class="field">
        <label for="month">Month</label>
        <select id="month" onChange={(event) => setMonth(event.currentTarget.value)}>
          {months.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </p>
      <Shown loaded={loaded} again={again}>
        {(statement) =>
          statement.operations.length === 0 ? (
            <Empty>No application called in this month.</Empty>
          ) : (
            <>
              <Facts
                facts={[
                  ["Calls", number(statement.total.calls)],
                  ["Succeeded", number(statement.total.succeeded)],
                  ["Refused", number(refused(statement.total))],
                  ["Failed", number(statement.total.failed)],
                  ["Statement", statement.is_final ? "final" : <Still at={statement.final_at} />],
                ]}
              />
              <Table
                caption={`The statement of ${statement.month}`}
                columns={["Operation", "Application", "Calls", "Succeeded", "Refused", "Failed", "Half within", "95 % within"]}
                rows={statement.operations.map((row) => [
                  <code>{row.operation}</code>,
                  <code>{row.application}</code>,
                  number(row.calls),
                  number(row.succeeded),
                  number(refused(row)),
                  number(row.failed),
                  `${row.p50_ms} ms`,
                  `${row.p95_ms} ms`,
                ])}
              />
              <details>
                <summary>As CSV</summary>
                <pre tabIndex={0} role="region" aria-label="The statement as CSV">
                  {statement.csv}
                </pre>
              </details>
            </>
          )
        }
      </Shown>
    </>
  );
}

function Still({ at }: { at: string }) {
  return (
    <>
      grows; final on <Instant at={at} />
    </>
  );
}

/** Calls that were answered, and not as the caller would have it. */
function refused(tally: Tally): number {
  return tally.calls - tally.succeeded - tally.failed;
}

function number(count: number): string {
  return count.toLocaleString();
}

/** This month and the five before it, as the statement counts them: in UTC. */
function lastMonths(): string[] {
  const now = new Date();
  return Array.from({ length: 6 }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}
