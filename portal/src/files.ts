/** What the build leaves beside the page, and who may be asked. */

export interface Configuration {
  /** The user pool's domain, with the authorization and the token endpoint below `/oauth2`. */
  sign_in: string;
  client_id: string;
  /** The address of the docs. */
  docs: string;
}

export interface ApiProduct {
  code: string;
  title: string;
  description: string;
  owner: string;
  version: string;
  plans: string[];
  scopes: string[];
  paths: string[];
  /** What the version brings. */
  changes: string;
}

export interface ProblemPage {
  code: string;
  title: string;
  status: number;
  means: string;
}

export interface Release {
  title: string;
  parts: { title: string; items: string[] }[];
}

interface Files {
  "configuration.json": Configuration;
  "api-products.json": ApiProduct[];
  "problems.json": ProblemPage[];
  "changelog.json": Release[];
  "examples.json": Record<string, Record<string, unknown>>;
}

const known = new Map<string, Promise<unknown>>();

/** A file of the portal; read once. */
export function read<Name extends keyof Files>(name: Name): Promise<Files[Name]> {
  let file = known.get(name);
  if (file === undefined) {
    file = fetch(`./${name}`).then((answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.json() as Promise<unknown>;
    });
    file.catch(() => known.delete(name));
    known.set(name, file);
  }
  return file as Promise<Files[Name]>;
}
