import { useEffect, useRef, useState } from "preact/hooks";
import { moneyText } from "@client/money.js";
import { api, body, ProblemError, type Schemas } from "../api.js";
import { read } from "../files.js";
import { Empty, Facts, Failure, Instant, Shown, Status, Table, useLoaded } from "../parts.js";
import { answersIn, Field, type Faults, Questions } from "../questions.js";

type Product = Schemas["ProductView"];
type Quote = Schemas["QuoteView"];
type Sent = Schemas["QuoteRequest"];

const NONE: Faults = new Map();
const TRIED: Readonly<Record<string, string>> = {
  "/policyholder/name": "Ada Merton",
  "/policyholder/email": "ada.merton@example.com",
  "/policyholder/date_of_birth": "1991-03-14",
};
/** An invented customer: a quote in test mode reaches nobody. */

export function TryItPage({ docs }: { docs: string }) {
  const [products, again] = useLoaded(() => body(api.GET("/v1/products", { params: { query: { limit: 100 } } })));
  const [chosen, choose] = useState("");
  return (
    <>
      <h1 tabIndex={-1}>Try it</h1>
      <p>
        A quote in test mode: made by the same operations that your application will call, as one of your team and with
        no secret in this page. Test data never meet live data.
      </p>
      <Shown loaded={products} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No product is on sale.</Empty>
          ) : (
            <>
              <p class="field">
                <label for="product">Product</label>
                <select id="product" onChange={(event) => choose(event.currentTarget.value)}>
                  {items.map(({ code, name }) => (
                    <option key={code} value={code} selected={code === (chosen || first(items))}>
                      {name}
                    </option>
                  ))}
                </select>
              </p>
              <OfProduct key={chosen || first(items)} code={chosen || first(items)} docs={docs} />
            </>
          )
        }
      </Shown>
    </>
  );
}

/** The product of the docs' quick start, if it is on sale. */
function first(items: readonly { code: string }[]): string {
  return (items.find(({ code }) => code === "personal_motor") ?? items[0])?.code ?? "";
}

function OfProduct({ code, docs }: { code: string; docs: string }) {
  const path = { product_code: code };
  const [loaded, again] = useLoaded(
    async () => ({
      product: await body(api.GET("/v1/products/{product_code}", { params: { path } })),
      example: (await read("examples.json"))[code] ?? {},
    }),
    [code],
  );
  return (
    <Shown loaded={loaded} again={again}>
      {({ product, example }) => <QuoteForm product={product} example={example} docs={docs} />}
    </Shown>
  );
}

function QuoteForm({ product, example, docs }: { product: Product; example: Record<string, unknown>; docs: string }) {
  const [sent, setSent] = useState<Sent>();
  const [answer, setAnswer] = useState<{ quote?: Quote; error?: unknown }>({});
  const [busy, setBusy] = useState(false);
  const faults = faultsIn(answer.error);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // To the first field that is wrong, or to what came of it.
    const wrong = document.querySelector<HTMLElement>("[aria-invalid=true]");
    if (wrong !== null) wrong.focus();
    else if (answer.quote !== undefined || answer.error !== undefined) {
      result.current?.focus({ preventScroll: true });
      result.current?.scrollIntoView({ block: "start" });
    }
  }, [answer]);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const asked = requestIn(new FormData(event.currentTarget as HTMLFormElement), product);
    setSent(asked);
    setBusy(true);
    setAnswer({});
    try {
      setAnswer({ quote: await body(api.POST("/v1/quotes", { body: asked })) });
    } catch (error) {
      setAnswer({ error });
    }
    setBusy(false);
  };

  return (
    <div class="beside">
      <form onSubmit={(event) => void send(event)} noValidate aria-label={`A quote for ${product.name}`}>
        <p class="hint">{product.description}</p>
        <fieldset>
          <legend>Policyholder</legend>
          <Text pointer="/policyholder/name" label="Name" faults={faults} />
          <Text pointer="/policyholder/email" label="Email" faults={faults} />
          <Text pointer="/policyholder/date_of_birth" label="Date of birth" type="date" faults={faults} />
        </fieldset>
        <fieldset>
          <legend>Risk</legend>
          <Text pointer="/start" label="First day of cover" type="date" known={inAWeek()} faults={faults} />
          <Questions questions={product.questions} at="/answers" known={example} faults={faults} />
        </fieldset>
        <button disabled={busy}>{busy ? "Quoting …" : "Make the quote"}</button>
      </form>
      <div class="result" aria-live="polite" tabIndex={-1} ref={result}>
        {answer.error !== undefined && <Failure error={answer.error} />}
        {answer.quote !== undefined && <Made quote={answer.quote} />}
        {sent !== undefined && <Code title="What was sent" text={JSON.stringify(sent, null, 2)} />}
        {answer.quote !== undefined && (
          <Code title="What the API answered" text={JSON.stringify(answer.quote, null, 2)} />
        )}
        {sent === undefined && (
          <Empty>
            What is sent and what the API answers will stand here. Then read the{" "}
            <a href={`${docs}/quick-start`}>quick start</a>: from the quote to a policy and a paid claim.
          </Empty>
        )}
      </div>
    </div>
  );
}

function Made({ quote }: { quote: Quote }) {
  return (
    <section aria-label="The quote">
      <h2>
        {quote.premium ? `${moneyText(quote.premium.total)} for the term` : "No price"}
      </h2>
      <Facts
        facts={[
          ["Quote", <code>{quote.id}</code>],
          ["Status", <Status value={quote.status} />],
          ["Good until", quote.expires_at ? <Instant at={quote.expires_at} /> : ""],
        ]}
      />
      {quote.findings.length > 0 && (
        <ul>
          {quote.findings.map((finding) => (
            <li key={finding.code}>{finding.reason}</li>
          ))}
        </ul>
      )}
      {quote.premium && (
        <Table
          caption="How the price is made up"
          columns={["Line", "Amount"]}
          rows={[
            ["Net premium", moneyText(quote.premium.net)],
            ...quote.premium.lines.map((line) => [line.name, moneyText(line.amount)]),
            ["Total", moneyText(quote.premium.total)],
          ]}
        />
      )}
    </section>
  );
}

function Text(given: { pointer: string; label: string; type?: "date"; known?: string; faults: Faults }) {
  const known = given.known ?? TRIED[given.pointer] ?? "";
  return (
    <Field pointer={given.pointer} label={given.label} faults={given.faults}>
      {(attributes) =>
        given.type === "date" ? (
          <input {...attributes} type="date" defaultValue={known} />
        ) : (
          <input {...attributes} defaultValue={known} />
        )
      }
    </Field>
  );
}

function Code({ title, text }: { title: string; text: string }) {
  return (
    <details open>
      <summary>{title}</summary>
      <pre tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
    </details>
  );
}

function requestIn(form: FormData, product: Product): Sent {
  const said = (pointer: string) => String(form.get(pointer) ?? "").trim();
  const [name, email, birth] = [said("/policyholder/name"), said("/policyholder/email"), said("/policyholder/date_of_birth")];
  return {
    product: product.code,
    start: said("/start"),
    policyholder: {
      name,
      ...(email === "" ? {} : { email }),
      ...(birth === "" ? {} : { date_of_birth: birth }),
    },
    answers: answersIn(form, product.questions, "/answers"),
  };
}

function faultsIn(error: unknown): Faults {
  if (!(error instanceof ProblemError)) return NONE;
  return new Map(error.errors.map(({ pointer, detail }) => [pointer, detail]));
}

function inAWeek(): string {
  const day = new Date();
  day.setDate(day.getDate() + 7);
  return day.toISOString().slice(0, 10);
}
