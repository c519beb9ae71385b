import { api, body } from "../api.js";
import { Codes, Empty, Shown, Status, Table, useLoaded } from "../parts.js";

export function WebhooksPage() {
  const [loaded, again] = useLoaded(() => body(api.GET("/v1/webhooks", { params: { query: { limit: 100 } } })));
  return (
    <>
      <h1 tabIndex={-1}>Webhooks</h1>
      <p>
        Where events of your book are sent, signed and in order for each object. Your applications register them with{" "}
        <code>POST /v1/webhooks</code>.
      </p>
      <Shown loaded={loaded} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>None is registered yet.</Empty>
          ) : (
            <Table
              caption="Your webhooks"
              columns={["Address", "Status", "Events"]}
              rows={items.map((webhook) => [
                <a href={`#/webhooks/${webhook.id}`}>{webhook.url}</a>,
                <Status value={webhook.status} />,
                webhook.event_types.length === 0 ? "all" : <Codes values={webhook.event_types} />,
              ])}
            />
          )
        }
      </Shown>
    </>
  );
}
