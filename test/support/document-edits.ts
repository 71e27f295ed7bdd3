import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "./project-copy.ts";

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
}

interface Content {
  content: Record<string, { schema: Schema }>;
}

interface ResponseObject extends Partial<Content> {
  description?: string;
  $ref?: string;
}

/** As much of the vendored document's shape as tests change. */
export interface VendoredDocument {
  info: { version: string };
  paths: {
    "/credentials": { post: { summary: string; requestBody: Content; responses: Record<string, ResponseObject> } };
  };
}

/** A made-up change of the vendored document, in place. */
export type DocumentEdit = (document: VendoredDocument) => unknown;

export function readVendored(): VendoredDocument {
  return JSON.parse(readFileSync(join(project, "openapi/rollout.json"), "utf8"));
}

export function changeDocument(...edits: readonly DocumentEdit[]): VendoredDocument {
  const document = readVendored();
  for (const edit of edits) edit(document);
  return document;
}

/** The schemas of the body, one for each of its media types. */
function bodies(document: VendoredDocument): Schema[] {
  return Object.values(document.paths["/credentials"].post.requestBody.content).map(({ schema }) => schema);
}

/** The two alternatives of the response 200, for each of its media types. */
export function createResponses(
  document: VendoredDocument,
): { credential: Schema; otpChallenge: Schema; all: Schema[] }[] {
  const content = document.paths["/credentials"].post.responses["200"]?.content ?? {};
  return Object.values(content).map(({ schema: { anyOf: all = [] } }) => {
    const [credential = {}, otpChallenge = {}] = all;
    return { credential, otpChallenge, all };
  });
}

export function addEntity(document: VendoredDocument): void {
  for (const { properties = {} } of bodies(document)) {
    const { entitiesToSync } = properties;
    Object.assign(entitiesToSync?.properties ?? {}, { deals: { type: "boolean" } });
  }
}

export function addRequiredField(document: VendoredDocument): void {
  for (const { properties, required } of bodies(document)) {
    Object.assign(properties ?? {}, { region: { type: "string" } });
    required?.push("region");
  }
}

/** What no caller notices. */
export function fixTypo(document: VendoredDocument): void {
  document.info.version = "1.1";
  document.paths["/credentials"].post.summary = "Create a credential";
}
