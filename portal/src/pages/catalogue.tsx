import { read } from "../files.js";
import { Codes, Facts, Shown, useLoaded } from "../parts.js";

export function CataloguePage({ docs }: { docs: string }) {
  const [loaded, again] = useLoaded(() => read("api-products.json"));
  return (
    <>
      <h1 tabIndex={-1}>Catalogue</h1>
      <p>
        What an application subscribes to. Each API product opens its paths; the scopes say what may be done there. The{" "}
        <a href={`${docs}/reference`}>reference</a> has every operation.
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
                    ["Version", product.version],
                    ["Plans", product.plans.join(", ")],
                    ["Paths", <Codes values={product.paths} />],
                    ["Scopes", <Codes values={product.scopes} />],
                  ]}
                />
              </section>
            ))}
          </div>
        )}
      </Shown>
    </>
  );
}
