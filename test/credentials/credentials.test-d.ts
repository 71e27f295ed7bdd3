import {
  type AuthorizeUrl,
  type Connector,
  type ConnectorInput,
  type CreateCredentialInput,
  type CreateCredentialOptions,
  type Credential,
  createRolloutClient,
  type EntityToSync,
  isOtpChallenge,
  type ListedCredential,
  type OperationOptions,
  type OtpChallenge,
  type operations,
  type SubmitOtpOptions,
  unwrap,
} from "rollout-client";
import { expectTypeOf, test } from "vitest";

const { api, connectors, credentials } = createRolloutClient({ token: "made-up" });
type Body = operations["post_credentials"]["requestBody"]["content"]["application/json"];
type CreateResponse = operations["post_credentials"]["responses"][200]["content"]["application/json"];
const input: CreateCredentialInput = { appKey: "follow-up-boss", userInputs: {} };

test("create takes the document's body and no other fields", () => {
  expectTypeOf<Body>().toExtend<CreateCredentialInput>();
  expectTypeOf<keyof CreateCredentialInput>().toEqualTypeOf<keyof Body>();
  expectTypeOf(credentials.create).parameter(0).toEqualTypeOf<CreateCredentialInput>();
  expectTypeOf<EntityToSync>().toEqualTypeOf<keyof NonNullable<Body["entitiesToSync"]>>();
  expectTypeOf<"task">().not.toExtend<EntityToSync>();
  void credentials.create({ ...input, userInputs: { one: "a", many: ["a", "b"] }, plan: "pro", credentialKey: "main" });
  // @ts-expect-error a value of userInputs is text, or a list of texts
  void credentials.create({ ...input, userInputs: { pin: 42 } });
  // @ts-expect-error the document has no such entity
  void credentials.create({ ...input, entitiesToSync: { task: true } });
  // @ts-expect-error there is no such option
  void credentials.create(input, { onOTP: () => "1" });
});

test("inputs take readonly arrays, and undefined for what is optional", () => {
  const userInputs = { scopes: ["read", "write"], user: "u" } as const;
  void credentials.create({ ...input, userInputs, plan: undefined, credentialKey: undefined });
  void credentials.create({ ...input, entitiesToSync: undefined });
  void credentials.create({ ...input, entitiesToSync: { tasks: undefined } });
  void credentials.update("cred_1", { entitiesToSync: { tasks: undefined } });
  void credentials.authorizeUrl({ appKey: "hubspot", entitiesToSync: { tasks: undefined }, customParams: undefined });
  // @ts-expect-error what a user entered is text
  void credentials.create({ ...input, userInputs: { apiKey: undefined } });
});

test("a code is submitted for a challenge, its id, or an object that has it, with the options of a call", () => {
  const options: SubmitOtpOptions = { signal: null, timeout: 1000, retry: false };
  void credentials.submitOtp({ otpChallengeId: "otp_1" }, "1", options);
  expectTypeOf<OperationOptions>().toExtend<SubmitOtpOptions>();
  // @ts-expect-error the id is missing
  void credentials.submitOtp({ message: "A code was sent." }, "1");
});

test("isOtpChallenge narrows any value, and the result of a create", async () => {
  const narrowed = (value: unknown) => {
    if (isOtpChallenge(value)) expectTypeOf(value).toEqualTypeOf<OtpChallenge>();
  };
  expectTypeOf(narrowed).toBeFunction();
  const result = await credentials.create(input);
  if (isOtpChallenge(result)) expectTypeOf(result).toEqualTypeOf<OtpChallenge>();
  else expectTypeOf(result).toEqualTypeOf<Credential>();
  // @ts-expect-error it may be a challenge, which has no id
  void result.id;
});

test("the result of a create is a credential when onOtp returns codes, and may be a challenge when it may be missing", async () => {
  expectTypeOf(await credentials.create(input, { onOtp: () => "1" })).toEqualTypeOf<Credential>();
  expectTypeOf(await credentials.create(input, { onOtp: async () => undefined })).toEqualTypeOf<Credential>();
  expectTypeOf(await credentials.submitOtp("otp_1", "1")).toEqualTypeOf<Credential>();
  const options: CreateCredentialOptions = { confirm: true, onOtp: ({ message }) => message };
  expectTypeOf(await credentials.create(input, options)).toEqualTypeOf<Credential | OtpChallenge>();
});

test("unwrap gives the document's response of a call of api", async () => {
  expectTypeOf(unwrap(await api.POST("/credentials", { body: input }))).toEqualTypeOf<CreateResponse>();
  // @ts-expect-error a result that was not waited for has no data
  unwrap(api.POST("/credentials", { body: input }));
});

test("each operation resolves to what the document says", async () => {
  expectTypeOf(await credentials.list()).toEqualTypeOf<ListedCredential[]>();
  expectTypeOf(await credentials.update("cred_1", { entitiesToSync: { tasks: true } })).toBeVoid();
  expectTypeOf(await credentials.delete("cred_1")).toBeVoid();
  expectTypeOf(await credentials.authorizeUrl({ appKey: "hubspot" })).toEqualTypeOf<AuthorizeUrl>();
  expectTypeOf(await connectors.list()).toEqualTypeOf<Connector[]>();
  expectTypeOf(connectors.list).parameter(1).toEqualTypeOf<OperationOptions | undefined>();
});

test("a connector says what it can do with each kind of record, and what kind of field each input is", () => {
  const canCreate = (connector: Connector) => connector.entities.crm?.people?.create;
  expectTypeOf(canCreate).returns.toEqualTypeOf<boolean | undefined>();
  expectTypeOf<Connector["entities"][string]>().toExtend<object | undefined>();
  const kinds: ConnectorInput["type"][] = ["textfield", "textfield[]", "dropdown", "secret", "a new kind"];
  expectTypeOf(kinds).not.toBeAny();
  // As in a switch: the known values are known to the type.
  expectTypeOf<Extract<ConnectorInput["type"], "textfield[]">>().toEqualTypeOf<"textfield[]">();
  expectTypeOf<Extract<ConnectorInput["type"], "textbox">>().toBeNever();
});

test("each operation takes only what it knows", () => {
  // @ts-expect-error there is no such filter
  void credentials.list({ userId: "user_1" });
  // @ts-expect-error the document has no such entity
  void credentials.update("cred_1", { entitiesToSync: { task: true } });
  // @ts-expect-error the app is required
  void credentials.authorizeUrl({});
  // @ts-expect-error only create looks for its credential
  void credentials.list({}, { confirm: true });
});
