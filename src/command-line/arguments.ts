import { parseArgs } from "node:util";
import { serverUrl } from "../generated/document.ts";

/** What the program is asked to do. */
export type Command =
  | { readonly name: "help" | "version" }
  | { readonly name: "token"; readonly userId: string }
  | { readonly name: "connectors"; readonly json: boolean }
  | { readonly name: "mock"; readonly port: number }
  | { readonly name: "credentials"; readonly userId: string; readonly json: boolean }
  | { readonly name: "doctor"; readonly userId: string | undefined; readonly json: boolean };

/** The arguments cannot be used. */
export class UsageError extends Error {}

const DEFAULT_MOCK_PORT = 4011;
const MAX_PORT = 65_535;

export const HELP = `Usage: rollout-client <command> [options]

Commands:
  token <userId>         Print a token for a user, to use with curl. It is valid for 15 minutes.
  connectors             List the apps that can be connected.
  credentials <userId>   List the connected accounts of a user.
  doctor [userId]        Check the variables, the host, the clock, the token and the API, up to the first cause of
                         trouble, and print what the API does that this package does not know.
  mock                   Start a mock of Rollout on 127.0.0.1, to develop without an account. It needs no variable.
  help                   Print this help.

<userId> is your own id for the user.

Options:
  --json                 Print the whole response as JSON instead of a table, but not \`data\` of credentials, which may
                         hold secrets.
  --port <port>          The port of the mock; 0 for any that is free. Default: ${DEFAULT_MOCK_PORT}
  --help, -h             Print this help.
  --version              Print the version.

Environment, except for mock:
  ROLLOUT_CLIENT_ID      The Client ID (required).
  ROLLOUT_CLIENT_SECRET  The Client Secret (required). It is never an argument: other users of a machine can see those.
  ROLLOUT_BASE_URL       The URL of the API. Default: ${serverUrl}

Exit status: 0 on success, 1 when a call or a check fails, 2 when an argument or a variable cannot be used.

Example:
  curl -H "Authorization: Bearer $(npx rollout-client token user_123)" ${serverUrl}/credentials
`;

/** Reads the arguments. Throws {@link UsageError}. */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const [name, ...operands] = positionals;
  const json = values.json === true;
  if (values.port !== undefined && name !== "mock") throw new UsageError(`${name ?? "no command"} has no --port`);
  switch (name) {
    case undefined:
    case "help":
      return { name: "help" };
    case "token":
      if (json) throw new UsageError("token has no --json");
      return { name, userId: userIdOf(name, operands) };
    case "credentials":
      return { name, userId: userIdOf(name, operands), json };
    case "connectors":
      if (operands.length > 0) throw new UsageError("connectors takes no argument");
      return { name, json };
    case "mock":
      if (json) throw new UsageError("mock has no --json");
      if (operands.length > 0) throw new UsageError("mock takes no argument");
      return { name, port: portIn(values.port) };
    case "doctor":
      if (operands.length > 1 || operands[0] === "")
        throw new UsageError("doctor takes at most one argument, your own id for the user");
      return { name, userId: operands[0], json };
    default:
      throw new UsageError(`there is no command ${JSON.stringify(name)}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        port: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (problem) {
    // Only the first sentence of parseArgs: its advice about arguments that begin with "-" does not fit here.
    throw new UsageError(problem instanceof Error ? problem.message.replace(/\. .*$/s, "") : String(problem));
  }
}

function userIdOf(command: string, operands: readonly string[]): string {
  const [userId = ""] = operands;
  if (operands.length !== 1 || userId === "")
    throw new UsageError(`${command} takes one argument, your own id for the user`);
  return userId;
}

function portIn(text = String(DEFAULT_MOCK_PORT)): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new UsageError(`--port must be a number from 0 to ${MAX_PORT}`);
}
