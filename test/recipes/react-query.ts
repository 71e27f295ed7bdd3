import { QueryClient } from "@tanstack/react-query";
import createQueryHooks from "openapi-react-query";
import {
  type CreateCredentialInput,
  cachedToken,
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
} from "rollout-client";
import type { paths } from "./crm.js";

const token = cachedToken(async () => {
  const response = await fetch("/rollout-token");
  if (!response.ok) throw new Error(`/rollout-token responded with ${response.status}`);
  const { token } = await response.json();
  return token;
});
const rateLimiter = createRateLimiter(); // one for both: the API's limit holds for all requests together

// rollout-client retries by itself: three attempts of three would be nine.
export const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });

const baseUrl = "https://crm.universal.rollout.com/api";
const crm = createQueryHooks(createRolloutApi<paths>({ token, baseUrl, rateLimiter }));

// A query, typed by the document: useQuery(personQuery(credentialId, "1")). The header says whose data it is, and is part of
// the query's key, so that two connected accounts never share a result.
export const personQuery = (credentialId: string, id: string) =>
  crm.queryOptions("get", "/people/{id}", {
    params: { path: { id } },
    headers: { "X-Rollout-Credential-Id": credentialId },
  });

// A mutation that fails with a RolloutError: useMutation(connectAccount).
const rollout = createRolloutClient({ token, rateLimiter });
export const connectAccount = {
  mutationFn: (input: CreateCredentialInput) => rollout.credentials.create(input, { confirm: true }),
};
