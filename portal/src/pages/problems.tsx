import { useState } from "preact/hooks";
import { read } from "../files.js";
import { Empty, Shown, Table, useLoaded } from "../parts.js";

export function ProblemsPage({ docs }: { docs: string }) {
  const [loaded, again] = useLoaded(() => read("problems.json"));
  const [wanted, setWanted] = useState("");
  return (
    <>
      <h1 tabIndex={-1}>Problems</h1>
      <p>What the API answers when it refuses. Act on the code, never on the words; each has a page that says what to do.</p>
      <Shown loaded={loaded} again={again}>
        {(problems) => {
          const found = problems.filter(({ code, title, means }) =>
            `${code} ${title} ${means}`.toLowerCase().includes(wanted.trim().toLowerCase()),
          );
          return (
            <>
              <p class="field">
                <label for="wanted">Find a problem</label>
                <input id="wanted" type="search" value={wanted} onInput={(e) => setWanted(e.currentTarget.value)} />
              </p>
              {found.length === 0 ? (
                <Empty>There is none of these words.</Empty>
              ) : (
                <Table
                  caption={`${found.length} problems`}
                  columns={["Code", "Status", "What it means"]}
                  rows={found.map((problem) => [
                    <a href={`${docs}/problems/${problem.code}`}>
                      <code>{problem.code}</code>
                    </a>,
                    problem.status,
                    problem.means,
                  ])}
                />
              )}
            </>
          );
        }}
      </Shown>
    </>
  );
}
