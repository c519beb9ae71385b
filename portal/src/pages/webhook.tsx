import { useState } from "preact/hooks";
import { api, body } from "../api.js";
import { Codes, Empty, Facts, Failure, Instant, Notice, Shown, Status, Table, useLoaded } from "../parts.js";

export function WebhookPage({ id }: { id: string }) {
  const path = { webhook_id: id };
  const [webhook, again] = useLoaded(() => body(api.GET("/v1/webhooks/{webhook_id}", { params: { path } })), [id]);
  const [attempts, attemptsAgain] = useLoaded(
    () => body(api.GET("/v1/webhooks/{webhook_id}/attempts", { params: { path, query: { limit: 50 } } })),
    [id],
  );
  const [tested, setTested] = useState<{ error?: unknown } | undefined>();
  const test = () =>
    api
      .POST("/v1/webhooks/{webhook_id}/tests", { params: { path } })
      .then(() => setTested({}))
      .catch((error: unknown) => setTested({ error }));
  return (
    <>
      <p class="back">
        <a href="#/webhooks">Webhooks</a>
      </p>
      <h1 tabIndex={-1}>Webhook</h1>
      <Shown loaded={webhook} again={again}>
        {(found) => (
          <Facts
            facts={[
              ["Address", <code>{found.url}</code>],
              ["Status", <Status value={found.status} />],
              ...(found.off_reason ? [["Switched off because", found.off_reason] as [string, string]] : []),
              ["Events", found.event_types.length === 0 ? "all" : <Codes values={found.event_types} />],
              ["Registered", <Instant at={found.created_at} />],
              ["Secret made", <Instant at={found.secret_added_at} />],
            ]}
          />
        )}
      </Shown>
      <p>
        <button onClick={() => void test()}>Send a test event</button>{" "}
        <button class="quiet" onClick={attemptsAgain}>
          Look again
        </button>
      </p>
      {tested !== undefined &&
        (tested.error === undefined ? (
          <Notice kind="good">A test event is on its way. Look again in a few seconds.</Notice>
        ) : (
          <Failure error={tested.error} />
        ))}
      <h2>Attempts</h2>
      <Shown loaded={attempts} again={attemptsAgain}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Nothing was sent yet.</Empty>
          ) : (
            <Table
              caption="The last attempts, the newest first"
              columns={["When", "Event", "Outcome", "Answer", "Milliseconds"]}
              rows={items.map((attempt) => [
                <Instant at={attempt.attempted_at} />,
                <code>{attempt.type}</code>,
                <Status value={attempt.outcome} />,
                attempt.status_code ?? "",
                attempt.milliseconds,
              ])}
            />
          )
        }
      </Shown>
    </>
  );
}
