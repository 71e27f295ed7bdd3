import { QueryClient } from "@tanstack/react-query";
import createQueryHooks from "openapi-react-query";
import { type CreateCredentialInput, cachedToken, createRolloutApi, createRolloutClient } from "rollout-client";
import type { paths } from "./crm.ts";

const token = cachedToken(async () => {
  const response = await fetch("/rollout-token");
  const { token } = await response.json();
  return token;
});

// rollout-client retries by itself: three attempts of three would be nine.
export const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });

// Queries, typed by the document: useQuery(personQuery("1")), or crm.useQuery("get", "/people/{id}", …).
const crm = createQueryHooks(createRolloutApi<paths>({ token, baseUrl: "https://crm.universal.rollout.com/api" }));
export const personQuery = (id: string) => crm.queryOptions("get", "/people/{id}", { params: { path: { id } } });

// A mutation that fails with a RolloutError: useMutation(connectAccount).
const rollout = createRolloutClient({ token });
export const connectAccount = { mutationFn: (input: CreateCredentialInput) => rollout.credentials.create(input) };
