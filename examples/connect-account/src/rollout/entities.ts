import type { Connector, EntityToSync } from "rollout-client";

/** Every entity of the document, with its name for people. An entity that a new version adds does not compile until it is named. */
export const ENTITY_NAMES: Readonly<Record<EntityToSync, string>> = {
  actionPlanPeople: "People in action plans",
  actionPlans: "Action plans",
  appointmentOutcomes: "Appointment outcomes",
  appointmentTypes: "Appointment types",
  appointments: "Appointments",
  borrowers: "Borrowers",
  calendarEvents: "Calendar events",
  calendars: "Calendars",
  calls: "Calls",
  customFields: "Custom fields",
  documents: "Documents",
  emailMarketingCampaigns: "Email marketing campaigns",
  emailMessages: "Email messages",
  emailThreads: "Email threads",
  events: "Events",
  lists: "Lists",
  loans: "Loans",
  notes: "Notes",
  offices: "Offices",
  peopleRelationships: "Relationships between people",
  pipelines: "Pipelines",
  ponds: "Ponds",
  properties: "Properties",
  smartLists: "Smart lists",
  sources: "Sources",
  stages: "Stages",
  taskTemplates: "Task templates",
  tasks: "Tasks",
  teams: "Teams",
  textMessages: "Text messages",
  timeframes: "Timeframes",
  transactionNotes: "Transaction notes",
};

/** What Rollout syncs whatever is set: there is nothing to choose. */
const ALWAYS_SYNCED: ReadonlySet<EntityToSync> = new Set<EntityToSync>([
  "appointmentOutcomes",
  "appointmentTypes",
  "emailThreads",
  "offices",
  "ponds",
  "sources",
  "stages",
  "taskTemplates",
  "timeframes",
]);

export function isEntity(name: unknown): name is EntityToSync {
  return typeof name === "string" && Object.hasOwn(ENTITY_NAMES, name);
}

/** The entities of an app that a user can choose, in whichever of Rollout's APIs they are. */
export function entitiesOf({ entities }: Pick<Connector, "entities">): EntityToSync[] {
  const names = Object.values(entities).flatMap((category) => Object.keys(category));
  return [...new Set(names)].filter(isEntity).filter((entity) => !ALWAYS_SYNCED.has(entity));
}

/** Whether the CRM API can list the people of the app. */
export function hasPeople({ entities }: Pick<Connector, "entities">): boolean {
  return entities.crm?.people?.list === true;
}

/** The chosen entities as `entitiesToSync` wants them: only `true` has an effect. */
export function entitiesToSync(chosen: readonly EntityToSync[]): Partial<Record<EntityToSync, boolean>> {
  return Object.fromEntries(chosen.map((entity) => [entity, true]));
}
