import { api, body, type Schemas } from "../api.js";
import { read } from "../files.js";
import { Codes, Facts, Instant, Shown, Status, Table, useLoaded } from "../parts.js";
import { currentToken } from "../session.js";

type Version = Schemas["ApiVersionView"];

/** What this release offers; to who has signed in, with the life of each version in their mode. */
async function load() {
  const offered = await read("api-products.json");
  if (currentToken() === undefined) return offered.map((offer) => ({ ...offer, definition: "", versions: [] as Version[] }));
  const { items } = await body(api.GET("/v1/api-products", { params: { query: { limit: 100 } } }));
  return items.map((item) => ({ version: "", ...item }));
}

export function CataloguePage({ docs }: { docs: string }) {
  const [loaded, again] = useLoaded(load);
  return (
    <>
      <h1 tabIndex={-1}>Catalogue</h1>
      <p>
        What an application subscribes to. Each API product opens its paths; the scopes say what may be done there. The{" "}
        <a href={`${docs}/reference`}>reference</a> has every operation.
        {currentToken() === undefined && " Sign in to see where each version stands."}
      </p>
      <Shown loaded={loaded} again={again}>
        {(products) => (
          <div class="cards">
            {products.map((product) => (
              <section key={product.code} class="card" aria-labelledby={`product-${product.code}`}>
                <h2 id={`product-${product.code}`}>{product.title}</h2>
                <p>{product.description}</p>
                <Facts
                  facts={[
                    ["Code", <code>{product.code}</code>],
                    ["Owner", product.owner],
                    ...(product.version === "" ? [] : [["Version", product.version] as [string, string]]),
                    ["Plans", product.plans.join(", ")],
                    ["Paths", <Codes values={product.paths} />],
                    ["Scopes", <Codes values={product.scopes} />],
                    ["Changes", product.changes],
                  ]}
                />
                {product.versions.length > 0 && <Versions title={product.title} versions={product.versions} />}
                {/^https?:\/\//.test(product.definition) && (
                  <p>
                    <a href={product.definition}>Definition of {product.title} (OpenAPI)</a>
                  </p>
                )}
              </section>
            ))}
          </div>
        )}
      </Shown>
    </>
  );
}

function Versions({ title, versions }: { title: string; versions: Version[] }) {
  return (
    <Table
      caption={`Versions of ${title}`}
      columns={["Version", "State", "Served until", "Go on with"]}
      rows={versions.map((version) => [
        version.version,
        <Status value={version.status} />,
        version.sunset_at ? <Instant at={version.sunset_at} /> : "no end is set",
        version.successor ? <code>{version.successor}</code> : "",
      ])}
    />
  );
}
