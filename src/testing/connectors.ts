import type { components } from "../generated/openapi.ts";

/** An app that can be connected, as `GET /connectors` describes it. */
export interface MockConnector extends Schema<"Connector"> {}

/** The body of `GET /connectors`: connectors by appKey. */
export type MockConnectors = Readonly<Record<string, MockConnector>>;

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

const API_KEY: MockConnector["auth"] = {
  type: "apiToken",
  userInputsSchema: [
    {
      type: "text",
      key: "apiKey",
      label: "API key",
      placeholder: "Your API key",
      infoHTML: "Find it under <b>Settings</b>.",
    },
  ],
};
const OAUTH: MockConnector["auth"] = { type: "oauth2", userInputsSchema: [] };

/** One connector of each kind. Their appKeys are Rollout's; the rest is made up, above all the shape of `entities`. */
export const DEFAULT_CONNECTORS: MockConnectors = {
  "follow-up-boss": {
    name: "Follow Up Boss",
    auth: API_KEY,
    authByPlan: {},
    entities: ["events", "notes", "people", "tasks"],
  },
  hubspot: { name: "HubSpot", auth: OAUTH, authByPlan: {}, entities: ["notes", "people", "tasks"] },
  lofty: {
    name: "Lofty",
    auth: API_KEY,
    authByPlan: { team: API_KEY, enterprise: OAUTH },
    entities: ["people", "tasks"],
  },
  skyslope: {
    name: "SkySlope",
    auth: {
      type: "apiToken",
      userInputsSchema: [
        { type: "text", key: "username", label: "Username" },
        { type: "password", key: "password", label: "Password" },
      ],
    },
    authByPlan: {},
    entities: ["documents"],
  },
};
