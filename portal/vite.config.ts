import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

/** Each script and style of the page says its own hash (Subresource Integrity). */
function integrity(): Plugin {
  return {
    name: "integrity",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        return html.replace(/ crossorigin (src|href)="\.\/([^"]+)"/g, (_, kind: string, name: string) => {
          const file = bundle?.[name];
          if (file === undefined) throw new Error(`${name} is not in the bundle`);
          const content = file.type === "chunk" ? file.code : file.source;
          const hash = createHash("sha384").update(content).digest("base64");
          return ` crossorigin integrity="sha384-${hash}" ${kind}="./${name}"`;
        });
      },
    },
  };
}

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { alias: { "@client": fileURLToPath(new URL("../clients/typescript/src", import.meta.url)) } },
  build: { target: "es2022", modulePreload: false, assetsInlineLimit: 0, cssCodeSplit: false },
  plugins: [integrity()],
});
