// The operations of the document, as an openapi-fetch client.
import { type components, createRolloutClient, type operations, type paths, unwrap } from "rollout-client";

const { api } = createRolloutClient({ token: "token" });

api.use({
  onRequest({ request }) {
    request.headers.set("X-Request-Source", "consumer");
    return request;
  },
});

export async function create(): Promise<string> {
  const { data, error, response } = await api.POST("/credentials", {
    body: { appKey: "gmail", userInputs: {} },
    signal: new AbortController().signal,
    headers: { Prefer: "example=credential" },
  });
  if (error !== undefined) return error.errors.map(({ message }) => message).join();
  return "id" in data ? data.id : `${data.otpChallengeId} ${response.status}`;
}

export async function createOrThrow(): Promise<string> {
  const created = unwrap(await api.POST("/credentials", { body: { appKey: "gmail", userInputs: {} } }));
  return "id" in created ? created.id : created.message;
}

export type Body = operations["post_credentials"]["requestBody"]["content"]["application/json"];
export type Created = paths["/credentials"]["post"]["responses"][200]["content"]["application/json"];
export type Names = keyof components;

// @ts-expect-error: the document has no such path
void api.POST("/nothing", {});
