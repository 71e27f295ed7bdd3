import process from "node:process";
import { createRolloutMock, type MockFault, type RolloutMock } from "rollout-client/testing";
import { type MockServer, startMockServer } from "./mock-server.ts";

const CODE = "123456";
const CTRL_C = "\u0003";
/** How many requests to the data of a new account get a 409. */
const READY_AFTER = 2;

const FIRST_NAMES = ["Ana", "Ben", "Chloe", "David", "Eva"];
const LAST_NAMES = ["Alvarez", "Brown", "Chen", "Diaz", "Evans"];
const PEOPLE = LAST_NAMES.flatMap((last) => FIRST_NAMES.map((first) => ({ name: `${first} ${last}` })));

/** What each key makes the next request meet. */
const FAULTS_BY_KEY: Readonly<Record<string, MockFault>> = {
  4: { fault: "status", status: 429, headers: { "Retry-After": "1" } },
  5: { fault: "status", status: 500 },
  r: { fault: "reset" },
  h: { fault: "hang" },
};

/** A terminal: `process.stdin`. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: "data", listener: (data: Buffer | string) => void): unknown;
  pause(): unknown;
}

/** Starts the mock of the command `mock`, and resolves to what the command prints. It runs until its process ends. */
export async function startMock(port: number, keyboard: Keyboard): Promise<{ server: MockServer; text: string }> {
  const server = await startMockServer(port, createMock);
  const hasKeys = keyboard.isTTY === true;
  if (hasKeys) listenToKeys(keyboard, server);
  const lines = [
    "A mock of Rollout for development. Point your server at it:",
    "",
    `ROLLOUT_BASE_URL=${server.mock.options.baseUrl}`,
    "ROLLOUT_CLIENT_ID=made-up-client-id",
    "ROLLOUT_CLIENT_SECRET=made-up-client-secret",
    "",
    server.hasWebSocket
      ? `lofty asks for a one-time password: ${CODE}.`
      : "lofty asks for a one-time password, which needs the package ws: npm install --save-dev ws",
    "skyslope refuses every password. dotloop, gmail and hubspot open a made-up page. Any other app is connected at once.",
    `/people has ${PEOPLE.length} people. A new account is not ready (409) for its first ${READY_AFTER} requests.`,
    "A request with ?fail=500 gets that status; reset, hang and cut break its connection.",
    ...(hasKeys ? ["Or press 4 (429), 5 (500), r (reset) or h (hang) for the next request, q to quit."] : []),
  ];
  return { server, text: `${lines.join("\n")}\n` };
}

function createMock(baseUrl: string): RolloutMock {
  const mock = createRolloutMock({ baseUrl, collections: { people: PEOPLE }, readyAfter: READY_AFTER });
  mock.requireOtp("lofty", CODE);
  const errors = [{ message: "The username or the password is wrong." }];
  const fetch: typeof mock.options.fetch = (input, init) => {
    if (connectsSkyslope(input, init)) {
      mock.failNext({ on: "POST /credentials", fault: "status", status: 400, body: { errors } });
    }
    return mock.options.fetch(input, init);
  };
  return { ...mock, options: { ...mock.options, fetch } };
}

// At once, without reading a stream: what `failNext` says is for the call that follows it.
function connectsSkyslope(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const isCreate = init?.method === "POST" && String(input).endsWith("/credentials");
  return isCreate && init.body instanceof Buffer && /"appKey"\s*:\s*"skyslope"/.test(init.body.toString());
}

function listenToKeys(keyboard: Keyboard, { mock, stop }: MockServer): void {
  // Raw, so that a key counts without Enter. Ctrl+C is a key then, too.
  keyboard.setRawMode?.(true);
  keyboard.on("data", (data) => {
    const key = data.toString();
    if (key === "q" || key === CTRL_C) {
      keyboard.setRawMode?.(false);
      keyboard.pause();
      void stop();
    }
    const fault = FAULTS_BY_KEY[key];
    if (fault === undefined) return;
    mock.failNext(fault);
    process.stdout.write(`The next request fails: ${fault.status ?? fault.fault}.\n`);
  });
}
