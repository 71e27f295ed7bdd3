import "reflect-metadata";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken, type RolloutMock } from "rollout-client/testing";
import { AppModule } from "./app.module";
import { RolloutClients } from "./rollout-clients";

let app: INestApplication;
afterEach(() => app.close());

/** Asks the application to connect an account, with a mock in the place of Rollout. */
async function connect(mock: RolloutMock, isSignedIn = true) {
  const forUser = (userId: string) =>
    createRolloutClient({ token: createTestToken(userId), retry: false, ...mock.options });
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(RolloutClients)
    .useValue({ forUser })
    .compile();
  app = module.createNestApplication();
  app.use((request: { user?: object }, _response: unknown, next: () => void) => {
    if (isSignedIn) request.user = { id: "user_123" };
    next();
  });
  await app.listen(0, "127.0.0.1");
  const response = await fetch(`${await app.getUrl()}/credentials`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ appKey: "follow-up-boss", userInputs: { apiKey: "a key" } }),
  });
  return { status: response.status, body: await response.json() };
}

test("an account is connected for the user who is signed in", async () => {
  const mock = createRolloutMock();
  const { status, body } = await connect(mock);
  expect({ status, body }).toEqual({ status: 201, body: { credentialId: mock.credentials[0]?.id } });
  expect(mock.credentials).toMatchObject([{ appKey: "follow-up-boss", userId: "user_123" }]);
});

test("nobody else can connect one", async () => {
  const mock = createRolloutMock();
  const { status } = await connect(mock, false);
  expect(status).toBe(401);
  expect(mock.requests).toEqual([]);
});

test("a refused input responds with 400 and Rollout's reasons", async () => {
  const mock = createRolloutMock();
  const errors = [{ message: "No such key" }];
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400, body: { errors } });
  expect(await connect(mock)).toEqual({ status: 400, body: { errors } });
});

test("a create that may have succeeded is not reported as a failure to repeat", async () => {
  const mock = createRolloutMock();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 500 });
  expect(await connect(mock)).toMatchObject({ status: 502 });
});
