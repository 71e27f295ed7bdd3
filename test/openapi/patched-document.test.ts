import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../support/project-copy.ts";

interface Operation {
  operationId: string;
  security?: object[];
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object; examples: object }> }>;
  "x-source"?: string;
}

const read = (name: string) => readFileSync(join(project, name), "utf8");

describe("the patched document", () => {
  const document = JSON.parse(read("src/generated/openapi.json"));
  const { post } = document.paths["/credentials"];
  const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
  );

  test("comes from the document as it was received: spec:update writes the hash along with it", () => {
    const hash = createHash("sha256").update(read("openapi/rollout.json")).digest("hex");
    expect(read("openapi/rollout.sha256")).toBe(`${hash}  rollout.json\n`);
  });

  test("requires a bearer token on every operation, and declares the header that names a credential", () => {
    expect(document.components.securitySchemes).toMatchObject({
      jwt: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      credential_id: { type: "apiKey", in: "header", name: "X-Rollout-Credential-Id" },
    });
    expect(document.security).toEqual([{ jwt: [] }]);
    expect(operations.filter(({ security }) => security !== undefined)).toEqual([]);
  });

  test("has the operations that docs/operations.md lists, and each that an overlay adds names the page of its source", () => {
    const listed = read("docs/operations.md").matchAll(/^\| `((?:GET|POST|PUT|DELETE) [^`]+)` +\| `([^`]+)` +\|/gm);
    expect([...listed].map(([, ...names]) => names)).toEqual(
      operations.map(({ name, operationId }) => [name, operationId]),
    );
    const [vendored, ...added] = operations.map((operation) => operation["x-source"]);
    expect([vendored, added]).toEqual([undefined, added.map(() => expect.stringMatching(/page "[A-Z][\w ]+"/))]);
  });

  test("gives every error response the same body and an example", () => {
    const statuses = operations.map(({ name, responses }) => {
      const { 200: ok, ...errors } = responses;
      expect(ok).toBeDefined();
      for (const error of Object.values(errors)) {
        const component = document.components.responses[error.$ref?.replace("#/components/responses/", "") ?? ""];
        const { schema, examples } = (component ?? error).content["application/json"];
        const { schema: documented } = post.responses[400].content["application/json"];
        expect(schema).toEqual(error.$ref === undefined ? documented : { $ref: "#/components/schemas/ErrorResponse" });
        expect(Object.keys(examples)).toHaveLength(1);
      }
      return [name, Object.keys(errors).join(" ")];
    });
    expect(Object.fromEntries(statuses)).toEqual({
      "POST /credentials": "400 401 403 409 429 500",
      "GET /credentials": "401 403 429 500",
      "DELETE /credentials": "400 401 403 404 429 500",
      "PUT /credentials/{credentialId}": "400 401 403 404 429 500",
      "GET /connectors": "401 403 429 500",
      "POST /oauth/authorize-url": "400 401 403 429 500",
    });
  });

  test("leaves the bodies open that Rollout does not document", () => {
    const withoutBody = operations.filter(({ responses }) => responses[200]?.content === undefined);
    expect(withoutBody.map(({ name }) => name)).toEqual(["DELETE /credentials", "PUT /credentials/{credentialId}"]);
    expect(document.components.schemas.ListedCredential.required).toEqual(["id", "createdAt", "appKey"]);
  });

  test("syncs the same entities wherever entities are chosen", () => {
    const { entitiesToSync } = post.requestBody.content["application/json"].schema.properties;
    expect(Object.keys(entitiesToSync.properties)).toHaveLength(32);
    expect(document.components.schemas.EntitiesToSync).toEqual(entitiesToSync);
  });

  test("describes every field of POST /credentials, and has an example of both responses", () => {
    const { schema, examples } = post.responses[200].content["application/json"];
    const { properties } = post.requestBody.content["application/json"].schema;
    const fields = [properties, ...schema.anyOf.map((alternative: { properties: object }) => alternative.properties)];
    for (const field of fields.flatMap(Object.values)) expect(field.description).toMatch(/\.$/);
    expect(examples).toMatchObject({ credential: {}, otpChallenge: { value: { action: "OTP_REQUEST" } } });
  });

  test("knows 26 app keys and accepts any string as appKey, in every media type", () => {
    const [known, any] = document.components.schemas.AppKey.anyOf;
    expect(new Set(known.enum).size).toBe(26);
    expect(known.enum).toContain("follow-up-boss");
    expect(any).toEqual({ type: "string" });
    const appKey = { description: expect.any(String), allOf: [{ $ref: "#/components/schemas/AppKey" }] };
    const content: Record<string, unknown> = post.requestBody.content;
    expect(Object.keys(content)).toContain("application/json");
    for (const body of Object.values(content)) expect(body).toMatchObject({ schema: { properties: { appKey } } });
  });
});
