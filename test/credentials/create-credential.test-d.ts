import {
  type CreateCredentialInput,
  type Credential,
  createRolloutClient,
  type EntityToSync,
  isOtpChallenge,
  type OtpChallenge,
  type operations,
  unwrap,
} from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";

const { api, credentials } = createRolloutClient({ token: "made-up" });
type Body = operations["post_credentials"]["requestBody"]["content"]["application/json"];
type CreateResponse = operations["post_credentials"]["responses"][200]["content"]["application/json"];

describe("credentials.create takes the document's body", () => {
  test("exactly", () => {
    expectTypeOf<CreateCredentialInput>().branded.toEqualTypeOf<Body>();
    expectTypeOf(credentials.create).parameter(0).toEqualTypeOf<CreateCredentialInput>();
    void credentials.create({ appKey: "gmail", userInputs: { one: "a", many: ["a", "b"] } });
    void credentials.create({ appKey: "gmail", userInputs: {}, plan: "pro", credentialKey: "main" });
    void credentials.create({ appKey: "gmail", userInputs: {}, entitiesToSync: { tasks: true, notes: false } });
  });

  test("and no other", () => {
    // @ts-expect-error an appKey is a string
    void credentials.create({ appKey: 42, userInputs: {} });
    // @ts-expect-error userInputs are required
    void credentials.create({ appKey: "gmail" });
    // @ts-expect-error the appKey is required
    void credentials.create({ userInputs: {} });
    // @ts-expect-error a value of userInputs is text, or a list of texts
    void credentials.create({ appKey: "gmail", userInputs: { pin: 42 } });
    // @ts-expect-error the document has no such field
    void credentials.create({ appKey: "gmail", userInputs: {}, extra: true });
    // @ts-expect-error the document has no such entity
    void credentials.create({ appKey: "gmail", userInputs: {}, entitiesToSync: { task: true } });
    // @ts-expect-error an entity is synced or not
    void credentials.create({ appKey: "gmail", userInputs: {}, entitiesToSync: { tasks: "yes" } });
    // @ts-expect-error there is no such option
    void credentials.create({ appKey: "gmail", userInputs: {} }, { onOTP: () => "1" });
  });

  test("with the names of its entities", () => {
    expectTypeOf<"tasks">().toExtend<EntityToSync>();
    expectTypeOf<"task">().not.toExtend<EntityToSync>();
    expectTypeOf<EntityToSync>().toEqualTypeOf<keyof NonNullable<Body["entitiesToSync"]>>();
  });
});

describe("the result of a create", () => {
  const input: CreateCredentialInput = { appKey: "gmail", userInputs: {} };

  test("narrows by isOtpChallenge", async () => {
    const result = await credentials.create(input);
    expectTypeOf(result).toEqualTypeOf<Credential | OtpChallenge>();
    if (isOtpChallenge(result)) {
      expectTypeOf(result).toEqualTypeOf<OtpChallenge>();
      expectTypeOf(result.otpChallengeId).toEqualTypeOf<string>();
    } else {
      expectTypeOf(result).toEqualTypeOf<Credential>();
      expectTypeOf(result.id).toEqualTypeOf<string>();
    }
    // @ts-expect-error it may be a challenge, which has no id
    void result.id;
  });

  test("is a credential when onOtp returns codes", async () => {
    expectTypeOf(await credentials.create(input, { onOtp: () => "1" })).toEqualTypeOf<Credential>();
    expectTypeOf(await credentials.create(input, { onOtp: async () => undefined })).toEqualTypeOf<Credential>();
    expectTypeOf(await credentials.submitOtp("otp_1", "1")).toEqualTypeOf<Credential>();
  });

  test("may be a challenge when onOtp may be missing", async () => {
    const options: { onOtp?: () => string } = {};
    expectTypeOf(await credentials.create(input, options)).toEqualTypeOf<Credential | OtpChallenge>();
  });

  test("is the document's from api, and unwrapped", async () => {
    const result = await api.POST("/credentials", { body: input });
    expectTypeOf(unwrap(result)).toEqualTypeOf<CreateResponse>();
    // @ts-expect-error a result that was not waited for has no data
    unwrap(api.POST("/credentials", { body: input }));
  });
});
