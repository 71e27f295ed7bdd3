import { createRolloutMock, createTestDelivery, createTestToken } from "rollout-client/testing";
import { expect, test } from "vitest";

const { failNext, requireOtp } = createRolloutMock();

test.each<[string, (...args: never[]) => unknown, ...unknown[]]>([
  ["createTestToken", createTestToken],
  ["createTestToken", createTestToken, ""],
  ["createTestToken", createTestToken, 7],
  ["createTestToken", createTestToken, "user_1", { expires: 1 }],
  ["createTestToken", createTestToken, "user_1", 60],
  ["createTestDelivery", createTestDelivery, {}],
  ["createTestDelivery", createTestDelivery, {}, {}],
  ["createTestDelivery", createTestDelivery, {}, { clientSecret: "" }],
  ["createTestDelivery", createTestDelivery, {}, { clientSecret: "test", uri: "https://app.example" }],
  ["createRolloutMock", createRolloutMock, { baseURL: "https://a.test" }],
  ["createRolloutMock", createRolloutMock, { collections: { credentials: [] } }],
  ["createRolloutMock", createRolloutMock, { collections: { webhooks: [] } }],
  ["createRolloutMock", createRolloutMock, { collections: { "people/notes": [] } }],
  ["createRolloutMock", createRolloutMock, { collections: { people: { id: "p1" } } }],
  ["createRolloutMock", createRolloutMock, { collections: { people: ["Ada"] } }],
  ["createRolloutMock", createRolloutMock, { readyAfter: -1 }],
  ["createRolloutMock", createRolloutMock, { readyAfter: 0.5 }],
  ["requireOtp", requireOtp, "lofty", "1", { refuse: "locked" }],
  ["failNext", failNext, { on: "POST /credential", fault: "reset" }],
  ["failNext", failNext, { on: "PATCH /credentials", fault: "reset" }],
  ["failNext", failNext, { on: "credentials", fault: "reset" }],
  ["failNext", failNext, { fault: "refused", acted: true }],
  ["failNext", failNext, { on: "otp", fault: "status", acted: true }],
  ["failNext", failNext, { fault: "cut", status: 204 }],
  ["failNext", failNext, { fault: "status", status: 700 }],
  ["failNext", failNext, { fault: "status", status: 100 }],
  ["failNext", failNext, { fault: "rest" }],
  ["failNext", failNext, { fault: "status", stauts: 429 }],
])("a mistake in a test is not ignored: %s, %o", async (_name, called, ...args) => {
  await expect(async () => Reflect.apply(called, undefined, args)).rejects.toThrow(TypeError);
});
