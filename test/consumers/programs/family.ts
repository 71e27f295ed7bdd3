// Another document of the Rollout family, with types as openapi-typescript generates them.
import { createRolloutApi, type RolloutApi, unwrap } from "rollout-client";

interface paths {
  "/people/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: {
      parameters: { query?: { include?: string }; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        404: { headers: { [name: string]: unknown }; content: { "application/json": { errorMessage: string } } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}

export const crm: RolloutApi<paths> = createRolloutApi<paths>({
  token: ({ refresh }) => (refresh ? "a new token" : "a token"),
  baseUrl: new URL("https://crm.universal.rollout.com/api"),
  credentialId: "credential",
});

export async function nameOf(id: string): Promise<string> {
  const person = unwrap(await crm.GET("/people/{id}", { params: { path: { id } } }));
  return person.name;
}
