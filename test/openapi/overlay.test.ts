import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../support/project-copy.ts";

describe("the patched document", () => {
  const document = JSON.parse(readFileSync(join(project, "src/generated/openapi.json"), "utf8"));
  const operation = document.paths["/credentials"].post;

  test("comes from the document as it was received: spec:update writes the hash along with it", () => {
    const bytes = readFileSync(join(project, "openapi/rollout.json"));
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(readFileSync(join(project, "openapi/rollout.sha256"), "utf8")).toBe(`${hash}  rollout.json\n`);
  });

  test("requires a bearer token on every operation", () => {
    expect(document.components.securitySchemes.jwt).toEqual({ type: "http", scheme: "bearer", bearerFormat: "JWT" });
    expect(document.security).toEqual([{ jwt: [] }]);
    expect(operation.operationId).toBe("post_credentials");
    expect(operation.security).toBeUndefined();
  });

  test("declares the header that names a credential", () => {
    const scheme = { type: "apiKey", in: "header", name: "X-Rollout-Credential-Id" };
    expect(document.components.securitySchemes.credential_id).toEqual(scheme);
  });

  test("has an example on every answer, each with the body of the answer's schema", () => {
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

  test.each([401, 403, 409, 429])("gives the answer %i the error body of the documented answers", (status) => {
    const schema = operation.responses[status].content["application/json"].schema;
    expect(schema).toEqual(operation.responses[400].content["application/json"].schema);
  });

  test("takes appKey as one string, in every media type", () => {
    const bodies = Object.entries<{ schema: { properties: { appKey: object } } }>(operation.requestBody.content);
    expect(bodies.map(([type]) => type)).toContain("application/json");
    for (const [, { schema }] of bodies) expect(schema.properties.appKey).toEqual({ type: "string" });
  });
});
