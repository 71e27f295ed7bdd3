import type { ConnectorInput, EntityToSync } from "rollout-client";
import { isEntity } from "./rollout/entities.ts";

/** A form's fields as Hono parses them with `all: true`. */
export type FormFields = Record<string, string | File | (string | File)[]>;

/** The name of the form field for an input of a connector. */
export function fieldName({ key }: ConnectorInput): string {
  return `input.${key}`;
}

/** The values of the inputs that the connector asks for, without those that were left empty. */
export function readUserInputs(fields: FormFields, inputs: readonly ConnectorInput[]): Record<string, string> {
  const values = inputs.map((input) => [input.key, readText(fields, fieldName(input))] as const);
  return Object.fromEntries(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** The entities that are ticked. */
export function readEntities(fields: FormFields): EntityToSync[] {
  return texts(fields.entity).filter(isEntity);
}

/** The code a person typed, without the spaces that codes are often shown with; `undefined` when there is none. */
export function readCode(fields: FormFields): string | undefined {
  return readText(fields, "code")?.replaceAll(/\s/g, "") || undefined;
}

/** The number of the step that a form is for. */
export function readStep(fields: FormFields): number {
  return Number(readText(fields, "step"));
}

/** A field as text; `undefined` when it is missing or empty. */
export function readText(fields: FormFields, name: string): string | undefined {
  return texts(fields[name])[0] || undefined;
}

function texts(field: FormFields[string] | undefined): string[] {
  return [field ?? []].flat().filter((value) => typeof value === "string");
}
