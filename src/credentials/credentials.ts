import type { Call } from "../call/call.ts";
import { checkCallOptions } from "../call/call-options.ts";
import type { Settings } from "../call/settings.ts";
import type { CreateCredentialInput, Credential, OtpChallenge } from "../document-types.ts";
import { checkKeys } from "../errors/checks.ts";
import type { Redact } from "../errors/redact.ts";
import { callInit, checkOperationOptions } from "../operation-options.ts";
import { authorizeUrl } from "./authorize-url.ts";
import { deleteCredential, updateCredential } from "./change.ts";
import { createCredential } from "./create.ts";
import type {
  CreateCredentialOptions,
  CredentialOperations,
  OnOtp,
  SubmitOtpOptions,
} from "./credential-operations.ts";
import { listCredentials } from "./list.ts";
import { type OtpSettings, platformWebSocket, submitCode, type WebSocketConstructor } from "./otp.ts";

/** What the operations on credentials need of the client. */
export interface CredentialSettings extends Settings {
  readonly webSocket: WebSocketConstructor | undefined;
}

/** Creates the operations on credentials of one client. */
export function createCredentialOperations(call: Call, settings: CredentialSettings): CredentialOperations {
  const otpSettings = (options: SubmitOtpOptions, redact: Redact): OtpSettings => {
    const { signal, timeout } = checkCallOptions(options, settings);
    return { redact, signal, timeout, baseUrl: settings.baseUrl, webSocket: settings.webSocket ?? platformWebSocket() };
  };

  async function create(
    input: CreateCredentialInput,
    options: CreateCredentialOptions & { onOtp: OnOtp },
  ): Promise<Credential>;
  async function create(
    input: CreateCredentialInput,
    options?: CreateCredentialOptions & { onOtp?: OnOtp | undefined },
  ): Promise<Credential | OtpChallenge>;
  async function create(
    input: CreateCredentialInput,
    options: CreateCredentialOptions & { onOtp?: OnOtp | undefined } = {},
  ): Promise<Credential | OtpChallenge> {
    return createCredential(call, input, options, (redact) => otpSettings(options, redact));
  }

  return {
    create,
    async submitOtp(challenge, code, options = {}) {
      checkKeys(options, ["signal", "timeout", "retry"], "credentials.submitOtp");
      const unredacted: Redact = (text) => text;
      return submitCode(challenge, code, otpSettings(options, unredacted));
    },
    async list(input = {}, options = {}) {
      checkOperationOptions(options, "credentials.list");
      const { credentials } = await listCredentials(call, input, callInit(options));
      return credentials;
    },
    async update(credentialId, input, options = {}) {
      checkOperationOptions(options, "credentials.update");
      await updateCredential(call, credentialId, input, callInit(options));
    },
    async delete(credentialId, options = {}) {
      checkOperationOptions(options, "credentials.delete");
      await deleteCredential(call, credentialId, callInit(options));
    },
    async authorizeUrl(input, options = {}) {
      checkOperationOptions(options, "credentials.authorizeUrl");
      return authorizeUrl(call, input, callInit(options));
    },
  };
}
