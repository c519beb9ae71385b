import { render } from "preact";
import { App } from "./app.js";
import { read } from "./files.js";
import { comeBack } from "./session.js";
import "./style.css";

const place = document.getElementById("portal");
if (place === null) throw new Error("the page has no place for the portal");

try {
  const configuration = await read("configuration.json");
  const failure = await comeBack(configuration);
  render(<App configuration={configuration} failure={failure} />, place);
} catch {
  render(
    <main>
      <h1>The portal cannot be shown</h1>
      <p>Its configuration could not be read. Load the page again.</p>
    </main>,
    place,
  );
}
