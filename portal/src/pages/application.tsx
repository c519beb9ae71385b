import { api, body } from "../api.js";
import { Codes, Facts, Instant, Shown, Status, useLoaded } from "../parts.js";

export function ApplicationPage({ id }: { id: string }) {
  const path = { application_id: id };
  const [loaded, again] = useLoaded(() => body(api.GET("/v1/applications/{application_id}", { params: { path } })), [id]);
  return (
    <>
      <p class="back">
        <a href="#/applications">Applications</a>
      </p>
      <h1 tabIndex={-1}>{loaded.state === "loaded" ? loaded.value.name : "Application"}</h1>
      <Shown loaded={loaded} again={again}>
        {(application) => (
          <>
            <Facts
              facts={[
                ["Status", <Status value={application.status} />],
                ["Mode", application.mode],
                ["Id", <code>{application.id}</code>],
                ["Client id", application.client_id ? <code>{application.client_id}</code> : "none yet"],
                ["Secrets that live", secrets(application.secrets)],
                ["Plan", application.plan],
                ["API products", <Codes values={application.products} />],
                ["Scopes", <Codes values={application.scopes} />],
                ["Its sender proves", application.proof?.method ?? "nothing: the token is enough"],
                ["Team", application.team],
                ["Last change", <Instant at={application.changed_at} />],
              ]}
            />
            <Used id={application.id} />
            <p class="hint">
              A secret is shown once, to the operator who made it, and stands nowhere. If it was lost, ask for another:
              two live at once, so that you change them without a stop.
            </p>
          </>
        )}
      </Shown>
    </>
  );
}

function secrets(number: number): string {
  return number === 2 ? "2, while they are changed" : String(number);
}

function Used({ id }: { id: string }) {
  const path = { application_id: id };
  const [loaded, again] = useLoaded(
    () => body(api.GET("/v1/applications/{application_id}/quota", { params: { path } })),
    [id],
  );
  return (
    <>
      <h2>This month</h2>
      <Shown loaded={loaded} again={again}>
        {(quota) => (
          <Facts
            facts={[
              ["Calls used", `${quota.used.toLocaleString()} of ${quota.limit.toLocaleString()}`],
              ["Counts anew from", <Instant at={quota.resets_at} />],
            ]}
          />
        )}
      </Shown>
    </>
  );
}
