import { useState } from "preact/hooks";
import { api, body, type Schemas } from "../api.js";
import { Empty, Failure, Notice, Shown, Status, Table, useLoaded } from "../parts.js";
import { mine } from "../session.js";

type Role = Schemas["TeamMemberView"]["role"];
type Change = Schemas["DeveloperRequest"];

const ROLES: readonly [Role, string][] = [
  ["developer", "Developer: reads everything here, tries quotes and webhooks"],
  ["administrator", "Administrator: a developer who also says who is in the team"],
  ["billing_viewer", "Billing viewer: reads applications, usage and statements"],
];

/** The partner of the person who signed in, with its team. */
async function load() {
  const partner = (await body(api.GET("/v1/partners"))).items[0];
  if (partner === undefined) return undefined;
  return body(api.GET("/v1/partners/{partner}", { params: { path: { partner: partner.code } } }));
}

export function TeamPage() {
  const [loaded, again] = useLoaded(load);
  const [done, setDone] = useState<{ said?: string; error?: unknown } | undefined>();
  const send = async (partner: string, change: Change, said: string) => {
    const params = { path: { partner }, header: { "Idempotency-Key": crypto.randomUUID() } };
    try {
      await api.POST("/v1/partners/{partner}/developers", { params, body: change });
      setDone({ said });
    } catch (error) {
      setDone({ error });
    }
    again();
  };
  return (
    <>
      <h1 tabIndex={-1}>Team</h1>
      <p>
        Who may sign in here for your company. Your own id is <code>{mine()}</code>: who is to join signs in first, and
        gives an administrator theirs.
      </p>
      {done !== undefined && (done.said === undefined ? <Failure error={done.error} /> : <Notice kind="good">{done.said}</Notice>)}
      <Shown loaded={loaded} again={again}>
        {(found) =>
          found === undefined ? (
            <Empty>You are in no partner's team.</Empty>
          ) : (
            <Team partner={found} change={(change, said) => void send(found.code, change, said)} />
          )
        }
      </Shown>
    </>
  );
}

function Team({ partner, change }: { partner: Schemas["PartnerView"]; change: (change: Change, said: string) => void }) {
  const me = mine();
  const may = partner.team.some(({ subject, role }) => subject === me && role === "administrator");
  return (
    <>
      <Table
        caption={`The team of ${partner.name}`}
        columns={may ? ["Id", "Role", "Change"] : ["Id", "Role"]}
        rows={partner.team.map(({ subject, role }) => [
          <code>{subject}</code>,
          <Status value={role} />,
          ...(may ? [<Steps subject={subject} role={role} isMe={subject === me} change={change} />] : []),
        ])}
      />
      {may ? <Add change={change} /> : <p class="hint">An administrator of your team, or the insurer, changes it.</p>}
    </>
  );
}

function Steps(given: { subject: string; role: Role; isMe: boolean; change: (change: Change, said: string) => void }) {
  const { subject, role, isMe, change } = given;
  return (
    <>
      {!isMe && (
        <select
          aria-label={`Role of ${subject}`}
          value={role}
          onChange={(event) =>
            change({ step: "change_role", subject, role: event.currentTarget.value as Role }, "The role has changed.")
          }
        >
          {ROLES.map(([value]) => (
            <option key={value} value={value}>
              {value.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      )}{" "}
      <button
        class="quiet"
        aria-label={`Remove ${subject}`}
        onClick={() => change({ step: "remove", subject }, "The person is no longer in the team.")}
      >
        Remove
      </button>
    </>
  );
}

function Add({ change }: { change: (change: Change, said: string) => void }) {
  const [subject, setSubject] = useState("");
  const [role, setRole] = useState<Role>("developer");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change({ step: "add", subject: subject.trim(), role }, "The person may sign in now.");
        setSubject("");
      }}
    >
      <h2>Add a person</h2>
      <div class="field">
        <label for="subject">Their id</label>
        <input id="subject" required pattern="[A-Za-z0-9_-]{1,64}" value={subject} onInput={(event) => setSubject(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for="role">Role</label>
        <select id="role" value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
          {ROLES.map(([value, said]) => (
            <option key={value} value={value}>
              {said}
            </option>
          ))}
        </select>
      </div>
      <button>Add</button>
    </form>
  );
}
