import type { Call } from "../call/call.ts";
import { reportOf } from "../call/result.ts";
import type { CreateCredentialInput, CreateCredentialResponse, Credential, OtpChallenge } from "../document-types.ts";
import { checkFunction } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { type CallReport, invalidResponseError } from "../errors/from-response.ts";
import type { Redact } from "../errors/redact.ts";
import { callInit, checkOperationOptions } from "../operation-options.ts";
import { unwrap } from "../unwrap.ts";
import { memberOf } from "../values/json.ts";
import { confirmCreate } from "./confirm.ts";
import { checkCreateInput } from "./create-input.ts";
import type { CreateCredentialOptions, OnOtp } from "./credential-operations.ts";
import { type OtpSettings, runOtpExchange } from "./otp.ts";

/** Creates a credential: one request, a one-time password if needed, and a search if the outcome is unclear. */
export async function createCredential(
  call: Call,
  input: CreateCredentialInput,
  options: CreateCredentialOptions & { onOtp?: OnOtp | undefined },
  otpSettings: (redact: Redact) => OtpSettings,
): Promise<Credential | OtpChallenge> {
  checkOperationOptions(options, "credentials.create", ["onOtp", "confirm"]);
  const { onOtp, confirm = false } = options;
  checkFunction("onOtp", onOtp);
  if (typeof confirm !== "boolean") throw new RolloutConfigError("confirm", "must be a boolean");
  checkCreateInput(input);
  // Before anything is sent: without a WebSocket, the code could not be submitted.
  if (onOtp !== undefined) otpSettings((text) => text);
  const init = callInit(options);
  const create = async (): Promise<Credential | OtpChallenge> => {
    const result = await call("POST", "/credentials", { ...init, body: input });
    const report = reportOf(result);
    const created = createdOf(unwrap(result), result.response, report);
    if (onOtp === undefined || !isOtpChallenge(created)) return created;
    return runOtpExchange(created.otpChallengeId, (prompt) => onOtp(created, prompt), otpSettings(report.redact));
  };
  return confirm ? confirmCreate(create, call, input.appKey, init) : create();
}

/** Type guard: whether a one-time password is needed before the credential exists. */
export function isOtpChallenge(value: unknown): value is OtpChallenge {
  // Only the id of a challenge is needed to continue. A credential may carry the field as null.
  const id = memberOf(value, "otpChallengeId");
  return typeof id === "string" && id !== "";
}

function createdOf(body: unknown, response: Response, report: CallReport): CreateCredentialResponse {
  if (isOtpChallenge(body)) return { ...body, message: typeof body.message === "string" ? body.message : "" };
  if (isCredential(body)) return body;
  throw invalidResponseError(response, "its body is neither a credential nor a one-time-password challenge", report);
}

function isCredential(body: unknown): body is Credential {
  return typeof memberOf(body, "id") === "string";
}
