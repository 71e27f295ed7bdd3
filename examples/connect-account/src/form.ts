import type { CreateCredentialInput } from "rollout-client";

/** A form's fields as Hono parses them with `all: true`. */
export type FormFields = Record<string, string | File | (string | File)[]>;

/** Reads the form of the start page; `undefined` when no application is named or a value has no name. */
export function readInput(fields: FormFields): CreateCredentialInput | undefined {
  const appKey = texts(fields.appKey)[0]?.trim();
  const names = texts(fields.inputName).map((name) => name.trim());
  const values = texts(fields.inputValue);
  const userInputs = new Map<string, string | string[]>();
  for (const [row, value] of values.entries()) {
    const name = names[row] ?? "";
    if (value === "") continue;
    if (name === "") return undefined;
    const before = userInputs.get(name);
    // A name that is given twice makes a list.
    userInputs.set(name, before === undefined ? value : [before, value].flat());
  }
  if (appKey === undefined || appKey === "") return undefined;
  return { appKey, userInputs: Object.fromEntries(userInputs) };
}

/** The code a person typed, without the spaces that codes are often shown with; `undefined` when there is none. */
export function readCode(fields: FormFields): string | undefined {
  const code = texts(fields.code)[0]?.replaceAll(/\s/g, "");
  return code === "" ? undefined : code;
}

/** The number of the step that a form is for. */
export function readStep(fields: FormFields): number {
  return Number(texts(fields.step)[0]);
}

function texts(field: FormFields[string] | undefined): string[] {
  return [field ?? []].flat().filter((value) => typeof value === "string");
}
