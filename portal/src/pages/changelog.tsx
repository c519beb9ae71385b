import type { ComponentChildren } from "preact";
import { read } from "../files.js";
import { Shown, useLoaded } from "../parts.js";

export function ChangelogPage({ docs }: { docs: string }) {
  const [loaded, again] = useLoaded(() => read("changelog.json"));
  return (
    <>
      <h1 tabIndex={-1}>Changelog</h1>
      <p>
        The API only grows within <code>/v1</code>. What will go is announced first, with the headers{" "}
        <code>Deprecation</code> and <code>Sunset</code>. As one page it stands <a href={`${docs}/CHANGELOG`}>in the docs</a>.
      </p>
      <Shown loaded={loaded} again={again}>
        {(releases) =>
          releases.map((release) => (
            <section key={release.title}>
              <h2>{release.title}</h2>
              {release.parts.map((part) => (
                <section key={part.title}>
                  <h3>{part.title}</h3>
                  <ul>
                    {part.items.map((item) => (
                      <li key={item}>{written(item)}</li>
                    ))}
                  </ul>
                </section>
              ))}
            </section>
          ))
        }
      </Shown>
    </>
  );
}

/** Text with code between backticks. */
function written(text: string): ComponentChildren {
  return text.split("`").map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part));
}
