import { requestBodies } from "../generated/request-bodies.ts";
import type { Connector, EntityToSync } from "../index.ts";
import { isObject, memberOf } from "../values.ts";
import { emptyResponse, errorResponse, findProblems, type JsonSchema, jsonResponse, type Operation } from "./http.ts";

/** A credential that exists in the mock. Push one to `mock.credentials` to start with a connected account. */
export interface MockCredential {
  /** Its id, such as `cred_1`. */
  readonly id: string;
  /** The app that it connects. */
  readonly appKey: string;
  /** Its user: the `sub` of the token that created it. */
  readonly userId: string;
  /** When it was created, in ISO 8601. */
  readonly createdAt: string;
  /** A name for the connected account. */
  readonly label?: string | undefined;
  /** A picture for the connected account. */
  readonly avatar?: string | undefined;
  /** Who the account belongs to, for `includeProfile`. Without one, the mock makes up an `accountName`. */
  readonly profile?: Readonly<Record<string, unknown>> | undefined;
  /** What `includeData` adds. Without it, that is an empty object. */
  readonly data?: unknown;
  /** The `entitiesToSync` that the last create or update sent; absent when none did. */
  entitiesToSync?: Readonly<Partial<Record<EntityToSync, boolean>>>;
}

/** An app that can be connected, as `GET /connectors` describes it. */
export interface MockConnector extends Omit<Connector, "appKey"> {}

/** The body of `GET /connectors`: connectors by appKey. */
export type MockConnectors = Readonly<Record<string, MockConnector>>;

/** How {@link RolloutMock.requireOtp} ends after the right code. */
export interface RequireOtpOptions {
  /**
   * The reason why there is no credential although the code is right, as when the account is locked.
   * @default the credential is created
   */
  readonly refuseCredential?: string | undefined;
}

/** The one-time password that an app asks for. */
interface OtpRequirement extends RequireOtpOptions {
  readonly code: string;
}

/** What a credential is created from. */
type NewCredential = Omit<MockCredential, "id" | "createdAt">;

/** All that the Universal API remembers. */
export class UniversalState {
  readonly credentials: MockCredential[] = [];
  /** By appKey. */
  readonly otpRequirements: Map<string, OtpRequirement> = new Map();
  /** The challenges that are open, by `otpChallengeId`, each with the credential that a right code creates. */
  readonly challenges: Map<string, OtpRequirement & { readonly credential: NewCredential }> = new Map();
  /** The authorizations that are open, by `requestId`. */
  readonly authorizations: Map<string, NewCredential> = new Map();
  #lastNumber = 0;

  addCredential(credential: NewCredential): MockCredential {
    const created = { id: this.newId("cred"), ...credential, createdAt: new Date().toISOString() };
    this.credentials.push(created);
    return created;
  }

  credentialOf(userId: string, id: string | null): MockCredential | undefined {
    return this.credentials.find((credential) => credential.id === id && credential.userId === userId);
  }

  /** A new id, the same in every run of a test. */
  newId(prefix: string): string {
    this.#lastNumber += 1;
    const id = `${prefix}_${this.#lastNumber}`;
    return this.credentials.some((credential) => credential.id === id) ? this.newId(prefix) : id;
  }
}

const BODY_SCHEMAS: Readonly<Record<string, JsonSchema>> = requestBodies;

/** The operations of the document. */
export function universalOperations(
  state: UniversalState,
  connectors: MockConnectors,
  baseUrl: string,
): readonly Operation[] {
  const operations: Readonly<Record<string, Operation["respond"]>> = {
    "POST /credentials": ({ body, userId }) => createCredential(state, newCredential(body, userId)),
    "GET /credentials": ({ query, userId }) => listCredentials(state, query, userId),
    "PUT /credentials/{credentialId}": ({ lastSegment, body, userId }) => {
      const credential = state.credentialOf(userId, lastSegment);
      if (credential === undefined) return errorResponse(404, "There is no such credential.");
      Object.assign(credential, entitiesIn(body));
      return emptyResponse();
    },
    "DELETE /credentials": ({ query, userId }) => {
      const id = query.get("credentialId");
      if (id === null) return errorResponse(400, "The query parameter credentialId is missing.");
      const credential = state.credentialOf(userId, id);
      if (credential === undefined) return errorResponse(404, "There is no such credential.");
      state.credentials.splice(state.credentials.indexOf(credential), 1);
      return emptyResponse();
    },
    "GET /connectors": () => jsonResponse(connectors),
    "POST /oauth/authorize-url": ({ body, userId }) => {
      const requestId = state.newId("request");
      const credential = newCredential(body, userId);
      state.authorizations.set(requestId, credential);
      const query = new URLSearchParams({ appKey: credential.appKey, state: requestId });
      return jsonResponse({ url: `${baseUrl}/oauth/authorize?${query}`, requestId });
    },
  };
  return Object.entries(operations).map(([name, respond]) => ({
    name,
    respond(call) {
      const schema = BODY_SCHEMAS[name];
      const problems = schema === undefined ? [] : findProblems(call.body, schema);
      return problems.length > 0 ? errorResponse(400, ...problems) : respond(call);
    },
    refuse: errorResponse,
  }));
}

function createCredential(state: UniversalState, credential: NewCredential): Response {
  const requirement = state.otpRequirements.get(credential.appKey);
  if (requirement === undefined) return jsonResponse({ id: state.addCredential(credential).id });
  const otpChallengeId = state.newId("otp");
  state.challenges.set(otpChallengeId, { ...requirement, credential });
  return jsonResponse({
    action: "OTP_REQUEST",
    otpChallengeId,
    titleHTML: "Enter your <b>code</b>",
    message: "We sent a code to the phone number ending in 42.",
    messageHTML: "We sent a code to the phone number ending in <b>42</b>.",
  });
}

function listCredentials({ credentials }: UniversalState, query: URLSearchParams, userId: string): Response {
  const appKey = query.get("appKey");
  const own = credentials.filter((credential) => credential.userId === userId);
  const wanted = own.filter((credential) => appKey === null || credential.appKey === appKey);
  return jsonResponse(
    wanted.map(({ id, createdAt, appKey, label, avatar, profile, data }) => ({
      id,
      createdAt,
      appKey,
      label,
      avatar,
      ...(query.get("includeProfile") === "true" && { profile: profile ?? { accountName: "Ada Example" } }),
      ...(query.get("includeData") === "true" && { data: data ?? {} }),
    })),
  );
}

// The body has been checked: its appKey is a string.
function newCredential(body: unknown, userId: string): NewCredential {
  return { appKey: String(memberOf(body, "appKey")), userId, ...entitiesIn(body) };
}

function entitiesIn(body: unknown): Pick<MockCredential, "entitiesToSync"> {
  const entitiesToSync = memberOf(body, "entitiesToSync");
  return isObject(entitiesToSync) ? { entitiesToSync: { ...entitiesToSync } } : {};
}

type Auth = MockConnector["auth"];

const EDIT = { list: true, create: true, update: true, delete: true };
const CRM: MockConnector["entities"] = {
  crm: { appointments: EDIT, calls: EDIT, events: EDIT, notes: EDIT, people: EDIT, tasks: EDIT },
};
const OAUTH: Auth = { type: "oauth2", userInputsSchema: [] };
const API_KEY: Auth["userInputsSchema"][number] = { type: "secret", key: "apiKey", label: "API key" };
const PROFILE: Auth["userInputsSchema"][number] = { type: "textfield", key: "profile", label: "Profile" };
const LOFTY_TEAM = form({ ...API_KEY, infoHTML: "An owner of the team finds it under <b>Settings</b>." });

/** Connectors of every kind. Names and appKeys are Rollout's; the forms are made up. */
export const DEFAULT_CONNECTORS: MockConnectors = {
  "follow-up-boss": connector(
    "Follow Up Boss",
    form({
      ...API_KEY,
      placeholder: "fka_…",
      infoHTML: 'Find it under <b>Admin</b>, <b>API</b>. <a href="https://docs.followupboss.com">How to find it</a>',
    }),
  ),
  boldtrail: connector("BoldTrail", form({ ...API_KEY, infoHTML: "Find it under <b>Lead dropbox</b>." })),
  dotloop: connector("Dotloop", { ...OAUTH, userInputsSchema: [PROFILE] }, { tms: { documents: EDIT, people: EDIT } }),
  gmail: connector("Gmail", OAUTH, { email: { emailMessages: EDIT, emailThreads: EDIT } }),
  hubspot: connector("HubSpot", OAUTH),
  liondesk: connector("LionDesk", form({ ...API_KEY, infoHTML: "Ask the support of LionDesk for it." })),
  lofty: connector(
    "Lofty",
    LOFTY_TEAM,
    { crm: { calls: EDIT, notes: EDIT, tasks: EDIT } },
    { team: LOFTY_TEAM, enterprise: OAUTH },
  ),
  "sierra-interactive": connector(
    "Sierra Interactive",
    form(API_KEY, {
      type: "dropdown",
      key: "region",
      label: "Region",
      placeholder: "Choose a region",
      options: [
        { value: "us", label: "United States" },
        { value: "ca", label: "Canada" },
      ],
    }),
  ),
  skyslope: connector(
    "SkySlope",
    form(
      { type: "textfield", key: "username", label: "Username" },
      { type: "secret", key: "password", label: "Password" },
    ),
    { tms: { documents: EDIT } },
  ),
  "wise-agent": connector(
    "Wise Agent",
    form(
      { ...API_KEY, infoHTML: "Find it under <b>Integrations</b>." },
      { type: "textfield[]", key: "teams", label: "Teams", placeholder: "One name for each team" },
    ),
  ),
};

function form(...userInputsSchema: Auth["userInputsSchema"]): Auth {
  return { type: "apiToken", userInputsSchema };
}

function connector(
  name: string,
  auth: Auth,
  entities = CRM,
  authByPlan: MockConnector["authByPlan"] = {},
): MockConnector {
  return { name, auth, authByPlan, entities };
}
