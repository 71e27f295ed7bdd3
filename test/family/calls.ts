import type { RolloutApi } from "rollout-client";
import type { operations, paths } from "./paths.ts";

const person = { name: "Ada", nickname: null, emails: ["ada@family.example"], address: { city: "London", zip: null } };
const at = "2026-11-24T09:00:00Z";

/** One call of every operation of the made-up document, written from its types alone: an operation without one does not compile. */
export function callsOf(api: RolloutApi<paths>) {
  return {
    get_people: () =>
      api.GET("/people", {
        params: { query: { limit: 10, sort: "-createdAt", fields: ["id", "name"], includeTrash: false } },
      }),
    post_people: () => api.POST("/people", { body: person }),
    get_person: () => api.GET("/people/{personId}", { params: { path: { personId: "per_1" } } }),
    head_person: () => api.HEAD("/people/{personId}", { params: { path: { personId: "per_1" } } }),
    put_person: () => api.PUT("/people/{personId}", { params: { path: { personId: "per_1" } }, body: person }),
    patch_person: () =>
      api.PATCH("/people/{personId}", { params: { path: { personId: "per_1" } }, body: { nickname: null } }),
    delete_person: () => api.DELETE("/people/{personId}", { params: { path: { personId: "per_1" } } }),
    get_person_relationships: () =>
      api.GET("/people/{personId}/relationships", {
        params: { path: { personId: "per_1" }, query: { next: "page_2" } },
      }),
    get_person_notes: () =>
      api.GET("/people/{personId}/notes", { params: { path: { personId: "per_1" }, query: { limit: 1 } } }),
    post_person_note: () =>
      api.POST("/people/{personId}/notes", {
        params: { path: { personId: "per_1" } },
        body: { text: "Prefers letters." },
      }),
    post_people_batch: () => api.POST("/people/batch", { body: [person, { name: "Grace", address: "Arlington" }] }),
    get_people_search: () =>
      api.GET("/people/search", { params: { query: { filter: { name: "Ada", stage: "lead" } } } }),
    get_people_export: () => api.GET("/people/export", { headers: { Accept: "text/csv" }, parseAs: "text" }),
    get_note: () => api.GET("/notes/{noteId}", { params: { path: { noteId: 7 } } }),
    delete_note: () => api.DELETE("/notes/{noteId}", { params: { path: { noteId: 7 } } }),
    get_tasks: () => api.GET("/tasks", { params: { query: { done: false } } }),
    post_task: () => api.POST("/tasks", { body: { title: "Write", dueAt: at } }),
    patch_task: () => api.PATCH("/tasks/{taskId}", { params: { path: { taskId: "task_1" } }, body: { dueAt: null } }),
    delete_task: () => api.DELETE("/tasks/{taskId}", { params: { path: { taskId: "task_1" } } }),
    post_task_complete: () => api.POST("/tasks/{taskId}/complete", { params: { path: { taskId: "task_1" } } }),
    get_calls: () => api.GET("/calls", { params: { query: { from: at, minutes: 1.5 } } }),
    post_call: () => api.POST("/calls", { body: { to: "+441234", minutes: 3, outcome: null } }),
    get_appointments: () => api.GET("/appointments"),
    post_appointment: () => api.POST("/appointments", { body: { at, withIds: ["per_1"] } }),
    put_appointment: () =>
      api.PUT("/appointments/{appointmentId}", {
        params: { path: { appointmentId: "0a2e4b70-5f4e-4a0c-9f43-7c1f9d0f5a11" } },
        body: { at },
      }),
    get_appointment_types: () => api.GET("/appointment-types"),
    get_calendars: () => api.GET("/calendars"),
    get_calendar_events: () =>
      api.GET("/calendars/{calendarId}/events", { params: { path: { calendarId: "cal 1/2" } } }),
    post_calendar_event: () =>
      api.POST("/calendars/{calendarId}/events", {
        params: { path: { calendarId: "cal_1" } },
        body: { title: "Tea", allDay: false, place: null },
      }),
    get_calendar_event: () =>
      api.GET("/calendars/{calendarId}/events/{eventId}", {
        params: { path: { calendarId: "cal_1", eventId: "ev_1" } },
      }),
    patch_calendar_event: () =>
      api.PATCH("/calendars/{calendarId}/events/{eventId}", {
        params: { path: { calendarId: "cal_1", eventId: "ev_1" }, header: { "If-Match": '"7"' } },
        body: { title: "High tea" },
      }),
    delete_calendar_event: () =>
      api.DELETE("/calendars/{calendarId}/events/{eventId}", {
        params: { path: { calendarId: "cal_1", eventId: "ev_1" } },
      }),
    post_email: () =>
      api.POST("/emails", { body: { to: ["a@family.example", "b@family.example"], subject: "Tea", replyTo: null } }),
    get_email_attachments: () => api.GET("/emails/{emailId}/attachments", { params: { path: { emailId: "em_1" } } }),
    get_email_threads: () => api.GET("/email-threads"),
    get_text_messages: () => api.GET("/text-messages"),
    post_text_message: () => api.POST("/text-messages", { body: { text: "Tea?" } }),
    get_users: () => api.GET("/users"),
    get_current_user: () => api.GET("/users/me", { params: { header: { "X-Include-Teams": true } } }),
    get_teams: () => api.GET("/teams"),
    get_pipelines: () => api.GET("/pipelines"),
    options_pipelines: () => api.OPTIONS("/pipelines"),
    get_pipeline_stages: () =>
      api.GET("/pipelines/{pipelineId}/stages", { params: { path: { pipelineId: "pipe_1" } } }),
    put_pipeline_stages: () =>
      api.PUT("/pipelines/{pipelineId}/stages", { params: { path: { pipelineId: "pipe_1" } }, body: ["new", "won"] }),
    get_deals: () => api.GET("/deals", { params: { query: { limit: 100, next: "page_2" } } }),
    get_deal: () => api.GET("/deals/{dealId}", { params: { path: { dealId: "deal_1" } } }),
    get_loans: () => api.GET("/loans"),
    get_loan_document: () =>
      api.GET("/loans/{loanId}/documents/{documentId}", {
        params: { path: { loanId: "loan_1", documentId: "doc_1" } },
        headers: { Accept: "text/plain" },
        parseAs: "text",
      }),
    put_loan_document: () =>
      api.PUT("/loans/{loanId}/documents/{documentId}", {
        params: { path: { loanId: "loan_1", documentId: "doc_1" } },
        body: { text: "A promise to pay." },
      }),
    get_custom_fields: () => api.GET("/custom-fields"),
    get_webhooks: () => api.GET("/webhooks"),
    post_webhook: () =>
      api.POST("/webhooks", { body: { url: "https://caller.example/hook", events: ["person.created"] } }),
    delete_webhook: () => api.DELETE("/webhooks/{webhookId}", { params: { path: { webhookId: "hook_1" } } }),
    get_smart_lists: () => api.GET("/smart-lists"),
    head_sync_status: () => api.HEAD("/sync-status"),
    get_sync_status: () => api.GET("/sync-status"),
    get_sources: () => api.GET("/sources"),
    get_timeframes: () => api.GET("/timeframes"),
  } satisfies Record<keyof operations, () => Promise<{ response: Response }>>;
}
