import "reflect-metadata";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken, type MockFault } from "rollout-client/testing";
import { AppModule } from "./app.module";
import { RolloutClients } from "./rollout-clients";

/** Stands in for RolloutClients: its clients talk to a mock, whose next response may fail. */
function mockedClients(fault?: MockFault) {
  const mock = createRolloutMock();
  if (fault !== undefined) mock.failNext(fault);
  return {
    mock,
    forUser: (userId: string) => createRolloutClient({ token: createTestToken(userId), ...mock.options }),
  };
}

let app: INestApplication;
afterEach(() => app.close());

async function createCredential(rollout: object) {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(RolloutClients)
    .useValue(rollout)
    .compile();
  app = module.createNestApplication();
  await app.listen(0, "127.0.0.1");
  const response = await fetch(`${await app.getUrl()}/users/user_123/credentials`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ appKey: "follow-up-boss", userInputs: { apiKey: "a key" } }),
  });
  return { status: response.status, body: await response.json() };
}

test("creating a credential responds with its id", async () => {
  const clients = mockedClients();
  const { status, body } = await createCredential(clients);
  expect({ status, body }).toEqual({ status: 201, body: { credentialId: clients.mock.credentials[0]?.id } });
  expect(clients.mock.credentials).toMatchObject([{ appKey: "follow-up-boss", userId: "user_123" }]);
});

test("a refused input responds with 400 and Rollout's reason", async () => {
  const errors = [{ message: "No such key" }];
  const { status, body } = await createCredential(mockedClients({ fault: "status", status: 400, body: { errors } }));
  expect(status).toBe(400);
  expect(body.message).toContain("No such key");
});
