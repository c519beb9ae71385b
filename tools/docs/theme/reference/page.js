// The reference: Scalar, with nothing in it that would call another host.
const here = document.getElementById("reference");
Scalar.createApiReference(here, {
  url: here.dataset.definition,
  agent: { disabled: true },
  mcp: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  hideClientButton: true,
  hideTestRequestButton: true,
  showDeveloperTools: "never",
  documentDownloadType: "none",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  hiddenClients: { c: true, clojure: true, csharp: true, dart: true, fsharp: true, go: true, http: true, java: true, kotlin: true,
    objc: true, ocaml: true, php: true, powershell: true, r: true, ruby: true, rust: true, swift: true },
  defaultOpenFirstTag: false,
  metaData: { title: document.title },
});
// In its narrow layout a link shows a picture alone: it keeps its words for who hears the page.
new MutationObserver(() => {
  for (const link of document.querySelectorAll("a:has(svg):not([aria-label])"))
    link.setAttribute("aria-label", link.textContent.trim() || "Beginning of the reference");
}).observe(document.body, { childList: true, subtree: true });
