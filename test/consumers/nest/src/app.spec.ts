import "reflect-metadata";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createRolloutClient } from "rollout-client";
import { AppModule } from "./app.module";
import { RolloutClients } from "./rollout-clients";

/** Stands in for RolloutClients: its clients get this response, and nothing is sent. */
function respondingWith(status: number, body: object) {
  return { forUser: () => createRolloutClient({ token: "t", fetch: async () => Response.json(body, { status }) }) };
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
  const { status, body } = await createCredential(respondingWith(200, { id: "cred_1" }));
  expect({ status, body }).toEqual({ status: 201, body: { credentialId: "cred_1" } });
});

test("a refused input responds with 400 and Rollout's reason", async () => {
  const { status, body } = await createCredential(respondingWith(400, { errors: [{ message: "No such key" }] }));
  expect(status).toBe(400);
  expect(body.message).toContain("No such key");
});
