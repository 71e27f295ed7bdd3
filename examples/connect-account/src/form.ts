import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ConnectorInput, EntityToSync } from "rollout-client";
import { isList, type UserInputs } from "./rollout/connectors.ts";
import { isEntity } from "./rollout/entities.ts";

/** A form's fields as Hono parses them with `all: true`. */
export type FormFields = Record<string, string | File | (string | File)[]>;

/** The fields of the form that a request sends. */
export async function readForm(context: Context): Promise<FormFields> {
  try {
    return await context.req.parseBody({ all: true });
  } catch (cause) {
    throw new HTTPException(400, { message: "The form could not be read", cause });
  }
}

/** The name of the form field for an input of a connector. */
export function fieldName({ key }: ConnectorInput): string {
  return `input.${key}`;
}

/** The values of the inputs that the connector asks for, without those that were left empty. */
export function readUserInputs(fields: FormFields, inputs: readonly ConnectorInput[]): UserInputs {
  const entries = inputs.flatMap((input): [string, string | string[]][] => {
    const text = readText(fields, fieldName(input));
    if (text === undefined) return [];
    return [[input.key, isList(input) ? text.split(/\r?\n/).filter((line) => line.trim() !== "") : text]];
  });
  return Object.fromEntries(entries);
}

/** The entities that are ticked. */
export function readEntities(fields: FormFields): EntityToSync[] {
  return texts(fields.entity).filter(isEntity);
}

/** The code a person typed, without the spaces that codes are often shown with; `undefined` when there is none. */
export function readCode(fields: FormFields): string | undefined {
  return readText(fields, "code")?.replaceAll(/\s/g, "");
}

/** The number of the step that a form is for. */
export function readStep(fields: FormFields): number {
  return Number(readText(fields, "step"));
}

/** A field as text; `undefined` when it is missing or blank. */
export function readText(fields: FormFields, name: string): string | undefined {
  return texts(fields[name]).find((text) => text.trim() !== "");
}

function texts(field: FormFields[string] | undefined): string[] {
  return [field ?? []].flat().filter((value) => typeof value === "string");
}
