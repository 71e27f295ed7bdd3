import { type ConnectorAuth, type ConnectorInput, waysToConnect } from "rollout-client";
import { expect, test } from "vitest";

const apiKey: ConnectorInput = { type: "secret", key: "apiKey", label: "API key" };
const region: ConnectorInput = { type: "dropdown", key: "region", label: "Region", options: ["us", "ca"] };
const withForm: ConnectorAuth = { type: "apiToken", userInputsSchema: [apiKey, region] };
const oauth: ConnectorAuth = { type: "oauth2", userInputsSchema: [] };
const oauthWithForm: ConnectorAuth = { type: "oauth1", userInputsSchema: [region] };

test.each<[string, ConnectorAuth, Record<string, ConnectorAuth>, object[]]>([
  ["a form", withForm, {}, [{ kind: "form", fields: [apiKey, region] }]],
  ["OAuth", oauth, {}, [{ kind: "oauth", fields: [] }]],
  ["OAuth with a form", oauthWithForm, {}, [{ kind: "oauth", fields: [region] }]],
  ["a kind that is not known yet", { ...withForm, type: "passkey" }, {}, [{ kind: "form", fields: [apiKey, region] }]],
  [
    "one way for each plan, in their order, and none beside them",
    withForm,
    { team: withForm, enterprise: oauth, trial: oauthWithForm },
    [
      { kind: "form", plan: "team", fields: [apiKey, region] },
      { kind: "oauth", plan: "enterprise", fields: [] },
      { kind: "oauth", plan: "trial", fields: [region] },
    ],
  ],
])("waysToConnect: %s", (_case, auth, authByPlan, ways) => {
  expect(waysToConnect({ auth, authByPlan })).toEqual(ways);
});

test.each<[string, object, object[]]>([
  ["no plans", { auth: withForm }, [{ kind: "form", fields: [apiKey, region] }]],
  ["null for plans", { auth: oauth, authByPlan: null }, [{ kind: "oauth", fields: [] }]],
  ["no fields", { auth: { type: "oauth2" } }, [{ kind: "oauth", fields: [] }]],
  ["no way at all", {}, []],
])("waysToConnect reads a connector that a server sent with %s", (_case, connector, ways) => {
  expect(Reflect.apply(waysToConnect, undefined, [connector])).toEqual(ways);
});
