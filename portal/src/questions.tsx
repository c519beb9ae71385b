/** A product's questions as a form: each field is named by the pointer that a problem would name it by. */

import { useState } from "preact/hooks";
import { decimalsOf, moneyText } from "@client/money.js";
import type { Schemas } from "./api.js";

export type Question = Schemas["QuestionView"];
export type Faults = ReadonlyMap<string, string>;
type Json = unknown;

export function Questions(given: { questions: readonly Question[]; at: string; known: Record<string, Json>; faults: Faults }) {
  return (
    <>
      {given.questions.map((question) => {
        const pointer = `${given.at}/${question.code}`;
        const known = given.known[question.code] ?? question.default;
        return question.type === "list" ? (
          <List key={pointer} question={question} pointer={pointer} known={known} faults={given.faults} />
        ) : (
          <Field key={pointer} pointer={pointer} label={question.label} help={question.help} faults={given.faults}>
            {(attributes) => <Input question={question} known={known} attributes={attributes} />}
          </Field>
        );
      })}
    </>
  );
}

interface Attributes {
  id: string;
  name: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

/** A label, a field, what helps, and what was wrong. */
export function Field(given: {
  pointer: string;
  label: string;
  help?: string | null | undefined;
  faults: Faults;
  children: (attributes: Attributes) => preact.ComponentChildren;
}) {
  const { pointer, help, faults } = given;
  const fault = faults.get(pointer);
  const described = [help && `${pointer}?`, fault && `${pointer}!`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={pointer}>{given.label}</label>
      {given.children({
        id: pointer,
        name: pointer,
        "aria-describedby": described || undefined,
        "aria-invalid": fault !== undefined,
      })}
      {help && (
        <p class="hint" id={`${pointer}?`}>
          {help}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${pointer}!`}>
          {fault}
        </p>
      )}
    </div>
  );
}

function Input({ question, known, attributes }: { question: Question; known: Json; attributes: Attributes }) {
  const text = shown(question, known);
  switch (question.type) {
    case "choice":
      return (
        <select {...attributes} defaultValue={text}>
          {(!question.required || text === "") && <option value="">Choose</option>}
          {question.choices.map(({ code, label }) => (
            <option key={code} value={code} selected={code === text}>
              {label}
            </option>
          ))}
        </select>
      );
    case "boolean":
      return (
        <select {...attributes}>
          <option value="">Choose</option>
          <option value="true" selected={text === "true"}>
            Yes
          </option>
          <option value="false" selected={text === "false"}>
            No
          </option>
        </select>
      );
    case "date":
      return <input {...attributes} type="date" defaultValue={text} />;
    case "integer":
      return <input {...attributes} inputMode="numeric" defaultValue={text} />;
    case "money":
      return (
        <span class="money">
          <input {...attributes} inputMode="decimal" defaultValue={text} />
          <span>{question.currency}</span>
        </span>
      );
    default:
      return <input {...attributes} defaultValue={text} />;
  }
}

function List({ question, pointer, known, faults }: { question: Question; pointer: string; known: Json; faults: Faults }) {
  const rows = (Array.isArray(known) ? known : []) as Record<string, Json>[];
  const least = Math.max(1, Number(question.minimum ?? 0));
  const most = Number(question.maximum ?? 10);
  const [size, setSize] = useState(Math.max(least, rows.length));
  return (
    <fieldset>
      <legend>{question.label}</legend>
      {Array.from({ length: size }, (_, place) => (
        <div class="row" key={place} role="group" aria-label={`${question.label} ${place + 1}`}>
          <Questions questions={question.fields} at={`${pointer}/${place}`} known={rows[place] ?? {}} faults={faults} />
        </div>
      ))}
      <p>
        {size < most && (
          <button type="button" class="quiet" onClick={() => setSize(size + 1)}>
            Add one
          </button>
        )}{" "}
        {size > least && (
          <button type="button" class="quiet" onClick={() => setSize(size - 1)}>
            Remove the last
          </button>
        )}
      </p>
    </fieldset>
  );
}

/** What a form holds, as the API takes it; what was left empty is left out. */
export function answersIn(form: FormData, questions: readonly Question[], at: string): Record<string, Json> {
  const answers: Record<string, Json> = {};
  for (const question of questions) {
    const pointer = `${at}/${question.code}`;
    if (question.type === "list") {
      const rows: Json[] = [];
      for (let place = 0; question.fields.some(({ code }) => form.has(`${pointer}/${place}/${code}`)); place++) {
        rows.push(answersIn(form, question.fields, `${pointer}/${place}`));
      }
      answers[question.code] = rows;
      continue;
    }
    const text = String(form.get(pointer) ?? "").trim();
    if (text !== "") answers[question.code] = valueOf(question, text);
  }
  return answers;
}

/** The value that a text means. What it cannot mean goes as it stands: the API says what is wrong with it. */
function valueOf(question: Question, text: string): Json {
  if (question.type === "boolean") return text === "true";
  if (question.type === "integer") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (question.type !== "money") return text;
  const currency = question.currency ?? "";
  const decimals = decimalsOf(currency);
  const [whole = "", part = ""] = text.replaceAll(",", "").split(".");
  if (!/^\d{1,12}$/.test(whole) || !/^\d*$/.test(part) || part.length > decimals) return text;
  return { amount: Number(whole + part.padEnd(decimals, "0")), currency };
}

function shown(question: Question, known: Json): string {
  if (known === undefined || known === null) return "";
  if (question.type === "money") return moneyText(known as { amount: number; currency: string }).split(" ")[0] ?? "";
  return String(known);
}
