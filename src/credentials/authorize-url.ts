import type { Call, CallInit } from "../call/call.ts";
import { reportOf } from "../call/result.ts";
import type { AuthorizeUrl, AuthorizeUrlInput } from "../document-types.ts";
import { checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { invalidResponseError } from "../errors/from-response.ts";
import { checkEntitiesToSync, checkInput } from "../operation-options.ts";
import { unwrap } from "../unwrap.ts";
import { isObject, memberOf } from "../values/json.ts";

/** Gets the page on which a user connects an account with OAuth. */
export async function authorizeUrl(call: Call, input: AuthorizeUrlInput, init: CallInit): Promise<AuthorizeUrl> {
  checkInput(input, ["appKey", "entitiesToSync", "customParams"], "credentials.authorizeUrl");
  checkText("appKey", input.appKey);
  if (input.entitiesToSync !== undefined) checkEntitiesToSync(input.entitiesToSync);
  if (input.customParams !== undefined && !isObject(input.customParams)) {
    throw new RolloutConfigError("customParams", "must be an object");
  }
  const result = await call("POST", "/oauth/authorize-url", { ...init, body: input });
  const authorization: unknown = unwrap(result);
  if (isAuthorizeUrl(authorization)) return authorization;
  const problem = "its body has no http or https `url` with a `requestId`";
  throw invalidResponseError(result.response, problem, reportOf(result));
}

// Another URL, such as one of javascript:, must not reach a page that opens it.
function isAuthorizeUrl(body: unknown): body is AuthorizeUrl {
  const url = memberOf(body, "url");
  return (
    typeof url === "string" &&
    URL.canParse(url) &&
    ["http:", "https:"].includes(new URL(url).protocol) &&
    typeof memberOf(body, "requestId") === "string"
  );
}
