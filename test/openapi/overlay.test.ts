import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../support/project-copy.ts";

describe("the patched document", () => {
  const document = JSON.parse(readFileSync(join(project, "src/generated/openapi.json"), "utf8"));
  const operation = document.paths["/credentials"].post;
  const operations = operationsOf(document.paths);
  const described = expect.objectContaining({ description: expect.stringMatching(/\.$/) });

  test("comes from the document as it was received: spec:update writes the hash along with it", () => {
    const bytes = readFileSync(join(project, "openapi/rollout.json"));
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(readFileSync(join(project, "openapi/rollout.sha256"), "utf8")).toBe(`${hash}  rollout.json\n`);
  });

  test("requires a bearer token on every operation", () => {
    expect(document.components.securitySchemes.jwt).toEqual({ type: "http", scheme: "bearer", bearerFormat: "JWT" });
    expect(document.security).toEqual([{ jwt: [] }]);
    expect(operation.operationId).toBe("post_credentials");
    for (const { security } of operations.values()) expect(security).toBeUndefined();
  });

  test("contains the vendored operation and the added ones, each of which names its source", () => {
    expect([...operations].map(([name, { operationId }]) => [name, operationId])).toEqual([
      ["POST /credentials", "post_credentials"],
      ["GET /credentials", "get_credentials"],
      ["DELETE /credentials", "delete_credentials"],
      ["PUT /credentials/{credentialId}", "put_credentials_credentialid"],
      ["GET /connectors", "get_connectors"],
      ["POST /oauth/authorize-url", "post_oauth_authorize-url"],
    ]);
    const sources = [...operations].map(([name, operation]) => [name, operation["x-source"]]);
    expect(Object.fromEntries(sources)).toEqual({
      "POST /credentials": undefined,
      "GET /credentials": expect.stringContaining('page "List Credentials"'),
      "DELETE /credentials": expect.stringContaining('page "Delete Credentials"'),
      "PUT /credentials/{credentialId}": expect.stringContaining('page "Update Credentials"'),
      "GET /connectors": expect.stringContaining('page "List Connectors"'),
      "POST /oauth/authorize-url": expect.stringContaining('page "Create Oauth"'),
    });
  });

  test("declares the error responses of an added operation, each with an example", () => {
    for (const [name, { responses }] of operations) {
      if (name === "POST /credentials") continue;
      const { 200: ok, ...errors } = responses;
      expect(ok).toBeDefined();
      const statuses = name.startsWith("PUT") ? ["400", "401", "403", "429", "500"] : ["401", "403", "429", "500"];
      expect(Object.keys(errors)).toEqual(statuses);
      for (const error of Object.values(errors)) {
        const component = error.$ref?.replace("#/components/responses/", "") ?? "";
        const { schema, examples } = document.components.responses[component].content["application/json"];
        expect(schema).toEqual({ $ref: "#/components/schemas/ErrorResponse" });
        expect(Object.keys(examples)).toHaveLength(1);
      }
    }
  });

  test("leaves the bodies open that Rollout does not document", () => {
    expect(operations.get("PUT /credentials/{credentialId}")?.responses[200]).toEqual({ description: "OK" });
    expect(operations.get("DELETE /credentials")?.responses[200]).toEqual({ description: "OK" });
    expect(document.components.schemas.ListedCredential.required).toEqual(["id", "createdAt", "appKey"]);
  });

  test("syncs the same entities wherever entities are chosen", () => {
    const { entitiesToSync } = operation.requestBody.content["application/json"].schema.properties;
    expect(Object.keys(entitiesToSync.properties)).toHaveLength(32);
    expect(document.components.schemas.EntitiesToSync).toEqual(entitiesToSync);
  });

  test("describes every field of POST /credentials", () => {
    const { requestBody, responses } = operation;
    const schemas = [
      requestBody.content["application/json"].schema,
      ...responses[200].content["application/json"].schema.anyOf,
    ];
    for (const { properties } of schemas) {
      for (const [name, field] of Object.entries(properties)) expect([name, field]).toEqual([name, described]);
    }
  });

  test("declares the header that names a credential", () => {
    const scheme = { type: "apiKey", in: "header", name: "X-Rollout-Credential-Id" };
    expect(document.components.securitySchemes.credential_id).toEqual(scheme);
  });

  test("has an example for every response of POST /credentials", () => {
    const examples = Object.entries<{ content: Record<string, { examples?: object }> }>(operation.responses).map(
      ([status, { content }]) => [status, Object.keys(content["application/json"]?.examples ?? {})],
    );
    expect(Object.fromEntries(examples)).toEqual({
      200: ["credential", "otpChallenge"],
      400: ["badRequest"],
      401: ["unauthorized"],
      403: ["forbidden"],
      409: ["conflict"],
      429: ["rateLimited"],
      500: ["serverError"],
    });
    const { otpChallenge } = operation.responses[200].content["application/json"].examples;
    expect(otpChallenge.value.action).toBe("OTP_REQUEST");
  });

  test.each([401, 403, 409, 429])("gives the response %i the error body of the documented responses", (status) => {
    const schema = operation.responses[status].content["application/json"].schema;
    expect(schema).toEqual(operation.responses[400].content["application/json"].schema);
  });

  test("knows 26 app keys and accepts any string as appKey, in every media type", () => {
    const [known, any] = document.components.schemas.AppKey.anyOf;
    expect(new Set(known.enum).size).toBe(26);
    expect(known.enum).toContain("follow-up-boss");
    expect(any).toEqual({ type: "string" });
    const bodies = Object.entries<{ schema: { properties: { appKey: object } } }>(operation.requestBody.content);
    expect(bodies.map(([type]) => type)).toContain("application/json");
    for (const [, { schema }] of bodies) {
      expect(schema.properties.appKey).toEqual({
        description: expect.any(String),
        allOf: [{ $ref: "#/components/schemas/AppKey" }],
      });
    }
  });

  test("has the operations that docs/operations.md lists, in the same order", () => {
    const page = readFileSync(join(project, "docs/operations.md"), "utf8");
    const listed = [...page.matchAll(/^\| `((?:GET|POST|PUT|DELETE) [^`]+)` +\| `([^`]+)` +\|/gm)];
    expect(listed.map(([, name, operationId]) => [name, operationId])).toEqual(
      [...operations].map(([name, { operationId }]) => [name, operationId]),
    );
  });
});

interface Operation {
  operationId: string;
  security?: object[];
  responses: Record<number, { $ref?: string }>;
  "x-source"?: string;
}

function operationsOf(paths: Record<string, Record<string, Operation>>): Map<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
    ),
  );
}
