import { api, body } from "../api.js";
import { Codes, Empty, Shown, Status, Table, useLoaded } from "../parts.js";

/** The partner of whoever signed in, and its applications. */
async function load() {
  const partners = await body(api.GET("/v1/partners"));
  const partner = partners.items[0];
  if (partner === undefined) return undefined;
  const path = { partner: partner.code };
  const listed = await body(api.GET("/v1/partners/{partner}/applications", { params: { path, query: { limit: 100 } } }));
  return { partner, applications: listed.items };
}

export function ApplicationsPage() {
  const [loaded, again] = useLoaded(load);
  return (
    <>
      <h1 tabIndex={-1}>Applications</h1>
      <Shown loaded={loaded} again={again}>
        {(found) =>
          found === undefined ? (
            <Empty>You are in no partner's team.</Empty>
          ) : (
            <>
              <p>
                Of <strong>{found.partner.name}</strong> (<code>{found.partner.code}</code>). The insurer makes and
                changes them; who asks for one says which API products it needs, on which plan.
              </p>
              {found.applications.length === 0 ? (
                <Empty>There is none yet. Ask who looks after your company at the insurer for the first one.</Empty>
              ) : (
                <Table
                  caption="Your applications"
                  columns={["Application", "Status", "Plan", "API products"]}
                  rows={found.applications.map((application) => [
                    <a href={`#/applications/${application.id}`}>{application.name}</a>,
                    <Status value={application.status} />,
                    application.plan,
                    <Codes values={application.products} />,
                  ])}
                />
              )}
            </>
          )
        }
      </Shown>
    </>
  );
}
