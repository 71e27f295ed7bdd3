// What `npm run example` and `npm run quickstart` talk to when no server is named.
import { startRolloutServer } from "./rollout-server.mjs";

/** @typedef {import("rollout-client/testing").MockConnectors} MockConnectors */
/** @typedef {MockConnectors[string]["auth"]} Auth */

const ENTITIES = ["appointments", "calls", "events", "notes", "people", "tasks"];
const OAUTH = { type: "oauth2", userInputsSchema: [] };
const API_KEY = { type: "text", key: "apiKey", label: "API key" };
const REGIONS = [
  { value: "us", label: "United States" },
  { value: "ca", label: "Canada" },
];
const FOLLOW_UP_BOSS_HELP =
  'Find it under <b>Admin</b>, <b>API</b>. <a href="https://docs.followupboss.com">How to find it</a>';
const LOFTY_TEAM = form({ ...API_KEY, infoHTML: "An owner of the team finds it under <b>Settings</b>." });

/** @param {Auth["userInputsSchema"]} inputs */
function form(...inputs) {
  return { type: "apiToken", userInputsSchema: inputs };
}

/**
 * @param {string} name
 * @param {Auth} auth
 */
function connector(name, auth, entities = ENTITIES, authByPlan = {}) {
  return { name, auth, authByPlan, entities };
}

/** The names are Rollout's, the forms made up: `GET /connectors` of the real API returns the true ones. @type {MockConnectors} */
export const EXAMPLE_CONNECTORS = {
  "follow-up-boss": connector(
    "Follow Up Boss",
    form({ ...API_KEY, placeholder: "fka_…", infoHTML: FOLLOW_UP_BOSS_HELP }),
  ),
  boldtrail: connector("BoldTrail", form({ ...API_KEY, infoHTML: "Find it under <b>Lead dropbox</b>." })),
  dotloop: connector("Dotloop", OAUTH, ["documents", "people"]),
  gmail: connector("Gmail", OAUTH, ["emailMessages", "emailThreads"]),
  hubspot: connector("HubSpot", OAUTH),
  liondesk: connector("LionDesk", form({ ...API_KEY, infoHTML: "Ask the support of LionDesk for it." })),
  lofty: connector("Lofty", LOFTY_TEAM, ["calls", "notes", "tasks"], { team: LOFTY_TEAM, enterprise: OAUTH }),
  "sierra-interactive": connector(
    "Sierra Interactive",
    form(API_KEY, { type: "select", key: "region", label: "Region", placeholder: "Choose a region", options: REGIONS }),
  ),
  skyslope: connector(
    "SkySlope",
    form(
      { type: "text", key: "username", label: "Username" },
      { type: "password", key: "password", label: "Password" },
    ),
    ["documents"],
  ),
  "wise-agent": connector("Wise Agent", form({ ...API_KEY, infoHTML: "Find it under <b>Integrations</b>." })),
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
