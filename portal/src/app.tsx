import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Configuration } from "./files.js";
import { ApplicationPage } from "./pages/application.js";
import { ApplicationsPage } from "./pages/applications.js";
import { CataloguePage } from "./pages/catalogue.js";
import { ChangelogPage } from "./pages/changelog.js";
import { ProblemsPage } from "./pages/problems.js";
import { TeamPage } from "./pages/team.js";
import { TryItPage } from "./pages/try_it.js";
import { UsagePage } from "./pages/usage.js";
import { WebhookPage } from "./pages/webhook.js";
import { WebhooksPage } from "./pages/webhooks.js";
import { Notice } from "./parts.js";
import { currentToken, onChange, signIn, signOut } from "./session.js";

interface Page {
  title: string;
  /** Whether somebody must have signed in. */
  own: boolean;
  show(configuration: Configuration, id: string): ComponentChildren;
}

const PAGES: Readonly<Record<string, Page>> = {
  applications: { title: "Applications", own: true, show: () => <ApplicationsPage /> },
  "try-it": { title: "Try it", own: true, show: ({ docs }) => <TryItPage docs={docs} /> },
  usage: { title: "Usage", own: true, show: ({ docs }) => <UsagePage docs={docs} /> },
  webhooks: { title: "Webhooks", own: true, show: () => <WebhooksPage /> },
  team: { title: "Team", own: true, show: () => <TeamPage /> },
  catalogue: { title: "Catalogue", own: false, show: ({ docs }) => <CataloguePage docs={docs} /> },
  problems: { title: "Problems", own: false, show: ({ docs }) => <ProblemsPage docs={docs} /> },
  changelog: { title: "Changelog", own: false, show: ({ docs }) => <ChangelogPage docs={docs} /> },
};

const ONE: Readonly<Record<string, Page>> = {
  applications: { title: "Application", own: true, show: (_, id) => <ApplicationPage id={id} /> },
  webhooks: { title: "Webhook", own: true, show: (_, id) => <WebhookPage id={id} /> },
};

const FIRST = "applications";

function route(): { name: string; id: string } {
  const [name = "", id = ""] = location.hash.replace(/^#\/?/, "").split("/");
  try {
    if (Object.hasOwn(PAGES, name)) return { name, id: decodeURIComponent(id) };
  } catch {
    // An address that nobody can read is no page either.
  }
  return { name: FIRST, id: "" };
}

export function App({ configuration, failure }: { configuration: Configuration; failure: string | undefined }) {
  const [at, setAt] = useState(route);
  const [isSignedIn, setSignedIn] = useState(currentToken() !== undefined);
  const [moved, setMoved] = useState(false);
  useEffect(() => {
    const moves = () => {
      setAt(route());
      setMoved(true);
    };
    addEventListener("hashchange", moves);
    return () => removeEventListener("hashchange", moves);
  }, []);
  useEffect(() => onChange(() => setSignedIn(currentToken() !== undefined)), []);
  const one = at.id === "" ? undefined : ONE[at.name];
  const page = one ?? PAGES[at.name];
  if (page === undefined) throw new Error(`${at.name} is no page`);
  useEffect(() => {
    document.title = `${page.title} · Developer portal`;
    // Who reads with their ears, or with a keyboard, is told that the page has changed.
    if (moved) document.querySelector<HTMLElement>("h1")?.focus();
  }, [at, page]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the page
      </a>
      <header>
        <a class="name" href={`#/${FIRST}`}>
          Coverwright <span>developers</span>
        </a>
        <nav aria-label="Pages">
          {Object.entries(PAGES).map(([name, { title }]) => (
            <a key={name} href={`#/${name}`} aria-current={name === at.name ? "page" : undefined}>
              {title}
            </a>
          ))}
          <a href={`${configuration.docs}/`}>Docs</a>
        </nav>
        {isSignedIn ? (
          <button class="quiet" onClick={() => signOut(configuration)}>
            Sign out
          </button>
        ) : (
          <button onClick={() => void signIn(configuration)}>Sign in</button>
        )}
      </header>
      <main id="main">
        {failure !== undefined && !isSignedIn && <Notice kind="bad">{failure}</Notice>}
        {page.own && !isSignedIn ? (
          <Welcome configuration={configuration} title={page.title} />
        ) : (
          <div key={`${at.name}/${at.id}`}>{page.show(configuration, at.id)}</div>
        )}
      </main>
      <footer>
        <a href={`${configuration.docs}/quick-start`}>Quick start</a>
        <a href={`${configuration.docs}/reference`}>Reference</a>
        <a href={`${configuration.docs}/guides/going-live`}>Going live</a>
      </footer>
    </>
  );
}

/** The place of the page is no address of it: the hash stays. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("h1")?.focus();
}

function Welcome({ configuration, title }: { configuration: Configuration; title: string }) {
  return (
    <section class="welcome">
      <h1 tabIndex={-1}>{title}</h1>
      <p>
        Your applications, what they may call, their webhooks, and a place to try a quote: for the people of a
        partner's team.
      </p>
      <button onClick={() => void signIn(configuration)}>Sign in</button>
      <p class="hint">
        You are not in a team yet? Ask who looks after your company at the insurer to add you. What the API offers
        stands in the <a href="#/catalogue">catalogue</a> and in the <a href={`${configuration.docs}/`}>docs</a>.
      </p>
    </section>
  );
}
