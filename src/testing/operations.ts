import { requestBodies } from "../generated/request-bodies.ts";
import { isObject } from "../values.ts";
import { decodeSegment, type MockRequest } from "./requests.ts";
import { emptyResponse, errorResponse, jsonResponse } from "./respond.ts";
import type { MockCredential, MockState } from "./state.ts";
import { findProblems, type JsonSchema } from "./validate.ts";

/** A request that may be acted on: its token and its body have been checked. */
interface CheckedCall {
  readonly state: MockState;
  readonly userId: string;
  readonly query: URLSearchParams;
  /** The last segment of the path, decoded. */
  readonly lastSegment: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Operation = (call: CheckedCall) => Response;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /credentials": createCredential,
  "GET /credentials": listCredentials,
  "PUT /credentials/{credentialId}": updateCredential,
  "DELETE /credentials": deleteCredential,
  "GET /connectors": ({ state }) => jsonResponse(state.connectors),
  "POST /oauth/authorize-url": authorizeUrl,
};

/** The names of all operations that the mock knows, as `failNext` takes them. */
export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS);

const BODY_SCHEMAS: Readonly<Record<string, JsonSchema>> = requestBodies;

/** The name of the operation that a method and a path are for, such as `PUT /credentials/{credentialId}`. */
export function operationName(method: string, path: string): string | undefined {
  const name = `${method} ${path}`;
  if (Object.hasOwn(OPERATIONS, name)) return name;
  return OPERATION_NAMES.find((template) => template.includes("{") && templatePattern(template).test(name));
}

function templatePattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`);
}

/** Checks the body of a request whose token is valid, and acts on it. */
export function operate(state: MockState, request: MockRequest, userId: string): Response {
  const name = operationName(request.method, request.path);
  const operation = name === undefined ? undefined : OPERATIONS[name];
  if (name === undefined || operation === undefined) {
    return errorResponse(404, `There is no operation ${request.method} ${request.path}.`);
  }
  const schema = BODY_SCHEMAS[name];
  const problems = schema === undefined ? [] : findProblems(request.body, schema);
  if (problems.length > 0) return errorResponse(400, ...problems);
  return operation({
    state,
    userId,
    query: request.query,
    lastSegment: decodeSegment(request.path.slice(request.path.lastIndexOf("/") + 1)),
    body: isObject(request.body) ? request.body : {},
  });
}

function createCredential({ state, userId, body }: CheckedCall): Response {
  const appKey = stringIn(body, "appKey");
  const credential = { appKey, userId, ...entitiesIn(body) };
  const requirement = state.otpRequirements.get(appKey);
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

function listCredentials({ state, userId, query }: CheckedCall): Response {
  const appKey = query.get("appKey");
  const own = state.credentials.filter((credential) => credential.userId === userId);
  const wanted = own.filter((credential) => appKey === null || credential.appKey === appKey);
  return jsonResponse(
    wanted.map(({ id, createdAt, appKey }) => ({
      id,
      createdAt,
      appKey,
      ...(query.get("includeProfile") === "true" && { profile: { accountName: `Account of ${userId}` } }),
      ...(query.get("includeData") === "true" && { data: {} }),
    })),
  );
}

function updateCredential(call: CheckedCall): Response {
  const credential = ownCredential(call, call.lastSegment);
  if (credential === undefined) return errorResponse(404, "There is no such credential.");
  Object.assign(credential, entitiesIn(call.body));
  return emptyResponse();
}

function deleteCredential(call: CheckedCall): Response {
  const id = call.query.get("credentialId");
  if (id === null) return errorResponse(400, "The query parameter credentialId is missing.");
  const credential = ownCredential(call, id);
  if (credential === undefined) return errorResponse(404, "There is no such credential.");
  const { credentials } = call.state;
  credentials.splice(credentials.indexOf(credential), 1);
  return emptyResponse();
}

function authorizeUrl({ state }: CheckedCall): Response {
  const requestId = state.newId("request");
  return jsonResponse({ url: `https://login.example.com/oauth/authorize?state=${requestId}`, requestId });
}

function ownCredential({ state, userId }: CheckedCall, id: string): MockCredential | undefined {
  return state.credentials.find((credential) => credential.id === id && credential.userId === userId);
}

// The body has been checked: it is a string.
function stringIn(body: Readonly<Record<string, unknown>>, name: string): string {
  return String(body[name]);
}

function entitiesIn(body: Readonly<Record<string, unknown>>): Pick<MockCredential, "entitiesToSync"> {
  const { entitiesToSync } = body;
  return isObject(entitiesToSync) ? { entitiesToSync: { ...entitiesToSync } } : {};
}
