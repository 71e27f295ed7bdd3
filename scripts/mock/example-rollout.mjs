// What `npm run example` and `npm run quickstart` talk to when no server is named.
import { startRolloutServer } from "./rollout-server.mjs";

/** @typedef {import("rollout-client/testing").MockConnectors} MockConnectors */

const ENTITIES = ["appointments", "calls", "events", "notes", "people", "tasks"];
const OAUTH = { type: "oauth2", userInputsSchema: [] };

/**
 * @param {string} placeholder
 * @param {string} infoHTML
 */
function apiKey(placeholder, infoHTML) {
  return {
    type: "apiToken",
    userInputsSchema: [{ type: "text", key: "apiKey", label: "API key", placeholder, infoHTML }],
  };
}

const TEAM = apiKey("Your team's API key", "An owner of the team finds it under <b>Settings</b>.");
const REGIONS = [
  { value: "us", label: "United States" },
  { value: "ca", label: "Canada" },
];

/** The names are Rollout's, the forms made up: `GET /connectors` of the real API returns the true ones. @type {MockConnectors} */
export const EXAMPLE_CONNECTORS = {
  "follow-up-boss": {
    name: "Follow Up Boss",
    auth: apiKey(
      "fka_…",
      'Find it under <b>Admin</b>, <b>API</b>. <a href="https://docs.followupboss.com">How to find it</a>',
    ),
    authByPlan: {},
    entities: ENTITIES,
  },
  boldtrail: {
    name: "BoldTrail",
    auth: apiKey("", "Find it under <b>Lead dropbox</b>."),
    authByPlan: {},
    entities: ENTITIES,
  },
  dotloop: { name: "Dotloop", auth: OAUTH, authByPlan: {}, entities: ["documents", "people"] },
  gmail: { name: "Gmail", auth: OAUTH, authByPlan: {}, entities: ["emailMessages", "emailThreads"] },
  hubspot: { name: "HubSpot", auth: OAUTH, authByPlan: {}, entities: ENTITIES },
  liondesk: {
    name: "LionDesk",
    auth: apiKey("", "Ask the support of LionDesk for it."),
    authByPlan: {},
    entities: ENTITIES,
  },
  lofty: {
    name: "Lofty",
    auth: TEAM,
    authByPlan: { team: TEAM, enterprise: OAUTH },
    entities: ["calls", "notes", "tasks"],
  },
  "sierra-interactive": {
    name: "Sierra Interactive",
    auth: {
      type: "apiToken",
      userInputsSchema: [
        { type: "text", key: "apiKey", label: "API key" },
        { type: "select", key: "region", label: "Region", placeholder: "Choose a region", options: REGIONS },
      ],
    },
    authByPlan: {},
    entities: ENTITIES,
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
  "wise-agent": {
    name: "Wise Agent",
    auth: apiKey("", "Find it under <b>Integrations</b>."),
    authByPlan: {},
    entities: ENTITIES,
  },
};

/** Which apps do what. */
export const EXAMPLE_RULES = "lofty asks for a code (123456), skyslope is refused, others are connected.";

export async function startExampleRollout() {
  const server = await startRolloutServer({
    connectors: EXAMPLE_CONNECTORS,
    beforeRequest({ method, path, body }, mock) {
      if (method !== "POST" || path !== "/credentials" || JSON.parse(body).appKey !== "skyslope") return;
      const errors = [{ message: "The username or the password is wrong." }];
      mock.failNext({ on: "POST /credentials", fault: "status", status: 400, body: { errors } });
    },
  });
  server.mock.requireOtp("lofty", "123456");
  return server;
}
