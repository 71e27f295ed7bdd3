import { fileURLToPath } from "node:url";
import { createRolloutApi, type RolloutApi } from "rollout-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Prism, startPrism } from "../support/prism.mjs";
import type { operations, paths } from "./paths.ts";

const person = { name: "Ada", nickname: null, address: { city: "London" } };
const path = { personId: "per_1" };

/** One call of every operation of the document, written from its types alone: an operation without one does not compile. */
function callsOf(api: RolloutApi<paths>) {
  return {
    get_people: () =>
      api.GET("/people", {
        params: { query: { limit: 10, sort: "-createdAt", fields: ["id", "name"], includeTrash: false } },
      }),
    post_people: () => api.POST("/people", { body: person }),
    get_person: () => api.GET("/people/{personId}", { params: { path } }),
    head_person: () => api.HEAD("/people/{personId}", { params: { path } }),
    put_person: () => api.PUT("/people/{personId}", { params: { path }, body: person }),
    patch_person: () =>
      api.PATCH("/people/{personId}", { params: { path, header: { "If-Match": '"7"' } }, body: { nickname: null } }),
    delete_person: () => api.DELETE("/people/{personId}", { params: { path } }),
    post_people_batch: () => api.POST("/people/batch", { body: [person, { name: "Grace", address: "Arlington" }] }),
    get_people_search: () =>
      api.GET("/people/search", { params: { query: { filter: { name: "Ada", stage: "lead" } } } }),
    get_people_export: () => api.GET("/people/export", { headers: { Accept: "text/csv" }, parseAs: "text" }),
    get_note: () => api.GET("/notes/{noteId}", { params: { path: { noteId: 7 } } }),
    get_tasks: () => api.GET("/tasks", { params: { query: { done: false } } }),
    post_task: () => api.POST("/tasks", { body: { title: "Write" } }),
    get_calendars: () => api.GET("/calendars"),
    get_calendar_event: () =>
      api.GET("/calendars/{calendarId}/events/{eventId}", {
        params: { path: { calendarId: "cal 1/2", eventId: "ev_1" } },
      }),
    options_pipelines: () => api.OPTIONS("/pipelines"),
    get_deal: () => api.GET("/deals/{dealId}", { params: { path: { dealId: "deal_1" } } }),
    get_custom_fields: () => api.GET("/custom-fields"),
  } satisfies Record<keyof operations, () => Promise<{ response: Response }>>;
}

const token = "a made-up token";

let prism: Prism;
let api: RolloutApi<paths>;

beforeAll(async () => {
  prism = await startPrism(fileURLToPath(new URL("openapi.yaml", import.meta.url)));
  api = createRolloutApi<paths>({ token, baseUrl: prism.url, credentialId: "cred_1", retry: false });
});

afterAll(() => prism.stop());

test("every operation of another document can be called from its generated types", async () => {
  for (const [operation, call] of Object.entries(callsOf(api))) {
    const { ok, headers } = (await call()).response;
    expect([ok, headers.get("sl-violations")], operation).toEqual([true, null]);
  }
});

test("credentialId is sent: Prism refuses a call without it", async () => {
  const withoutCredential = createRolloutApi<paths>({ token, baseUrl: prism.url, retry: false });
  const { response } = await withoutCredential.GET("/calendars");
  expect(response.status).toBe(401);
});
