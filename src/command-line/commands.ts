import process from "node:process";
import { createRolloutClient, createTokenSigner, type RolloutClient } from "rollout-client";
import { packageVersion } from "../generated/document.ts";
import { type Command, HELP } from "./arguments.ts";
import { startMock } from "./mock.ts";
import { type Row, tableOf } from "./table.ts";

/** The user in whose name the connectors are listed: they are the same for all. */
const ANY_USER = "rollout-client";

/** Runs a command. Resolves to what it prints; a mock then runs until the process ends. */
export async function run(command: Command, baseUrl: string | undefined): Promise<string> {
  switch (command.name) {
    case "help":
      return HELP;
    case "version":
      return `${packageVersion}\n`;
    case "token":
      return `${await createTokenSigner().sign(command.userId)}\n`;
    case "connectors":
      return show(await connectors(clientFor(ANY_USER, baseUrl)), command.json);
    case "credentials":
      return show(await credentials(clientFor(command.userId, baseUrl)), command.json);
    case "mock":
      return (await startMock(command.port, process.stdin)).text;
  }
}

function clientFor(userId: string, baseUrl: string | undefined): RolloutClient {
  return createRolloutClient({ token: createTokenSigner().forUser(userId), baseUrl });
}

async function connectors(rollout: RolloutClient): Promise<Row[]> {
  const connectors = await rollout.connectors.list();
  return connectors.map(({ appKey, name, auth }) => ({
    appKey,
    name: name ?? "",
    auth: auth?.type ?? "",
    userInputs: (auth?.userInputsSchema ?? []).map(({ key }) => key),
  }));
}

async function credentials(rollout: RolloutClient): Promise<Row[]> {
  const credentials = await rollout.credentials.list();
  // Not `data`, which may hold secrets.
  return credentials.map(({ id, appKey = "", label = "", createdAt = "" }) => ({ id, appKey, label, createdAt }));
}

function show(rows: readonly Row[], json: boolean): string {
  return json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows);
}
