import process from "node:process";
import {
  type Connector,
  createRolloutClient,
  createTokenSigner,
  type ListedCredential,
  type RolloutClient,
} from "rollout-client";
import { packageVersion } from "../generated/document.ts";
import { type Command, HELP } from "./arguments.ts";
import { ANY_USER, diagnose, diagnosisText } from "./doctor.ts";
import { startMock } from "./mock.ts";
import { type Row, tableOf } from "./table.ts";

/** What a command prints, and the exit status of the program. */
export interface Result {
  readonly output: string;
  readonly status: 0 | 1;
}

/** Runs a command. A mock then runs until the process ends. */
export async function run(command: Command, baseUrl: string | undefined): Promise<Result> {
  if (command.name !== "doctor") return { output: await outputOf(command, baseUrl), status: 0 };
  const diagnosis = await diagnose(command.userId, baseUrl);
  return { output: command.json ? jsonOf(diagnosis) : diagnosisText(diagnosis), status: diagnosis.ok ? 0 : 1 };
}

async function outputOf(command: Exclude<Command, { name: "doctor" }>, baseUrl: string | undefined): Promise<string> {
  switch (command.name) {
    case "help":
      return HELP;
    case "version":
      return `${packageVersion}\n`;
    case "token":
      return `${await createTokenSigner().sign(command.userId)}\n`;
    case "connectors": {
      const connectors = await clientFor(ANY_USER, baseUrl).connectors.list();
      return command.json ? jsonOf(connectors) : tableOf(connectors.map(connectorRow));
    }
    case "credentials": {
      const listed = await clientFor(command.userId, baseUrl).credentials.list();
      // `data` may hold secrets.
      const credentials = listed.map(({ data: _, ...credential }) => credential);
      return command.json ? jsonOf(credentials) : tableOf(credentials.map(credentialRow));
    }
    case "mock":
      return (await startMock(command.port, process.stdin)).text;
  }
}

function clientFor(userId: string, baseUrl: string | undefined): RolloutClient {
  return createRolloutClient({ token: createTokenSigner().forUser(userId), baseUrl });
}

function connectorRow({ appKey, name, auth }: Connector): Row {
  return {
    appKey,
    name: name ?? "",
    auth: auth?.type ?? "",
    userInputs: (auth?.userInputsSchema ?? []).map(({ key }) => key),
  };
}

function credentialRow({ id, appKey = "", label = "", createdAt = "" }: Omit<ListedCredential, "data">): Row {
  return { id, appKey, label, createdAt };
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
