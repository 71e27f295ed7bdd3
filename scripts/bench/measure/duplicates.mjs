import { once } from "node:events";
import { createServer } from "node:http";
import { input, loadCreateCall, token } from "../clients/index.mjs";

/**
 * What goes wrong after the server has read the whole request, when the credential may well exist already.
 *
 * @type {Record<string, (response: import("node:http").ServerResponse) => void>}
 */
const faults = {
  "a 500": (response) => {
    response.writeHead(500, { "Content-Type": "application/json" }).end('{"errors":[{"message":"made to fail"}]}');
  },
  "a reset": (response) => {
    response.socket?.resetAndDestroy();
  },
  "a timeout": () => {},
};
const faultNames = Object.keys(faults);

const timeout = 200;
const patience = 30_000;

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients }) {
  const { server, baseUrl, received } = await startFaultyServer();
  try {
    await Promise.all(
      clients.flatMap(({ id }) => faultNames.map((_fault, index) => failOnce(id, `${baseUrl}/${id}/${index}`))),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const counts = clients.map(({ id, title }) => ({
    title,
    times: faultNames.map((_fault, index) => received.get(`/${id}/${index}/credentials`) ?? 0),
  }));
  return {
    title: "One POST: how often the server received it",
    method:
      "One call for each client and fault, with the client's own retries as they are by default and a timeout of " +
      `${timeout} ms. The server reads the whole request, which may have created the credential, and then fails. More than 1 means duplicates.`,
    columns: faultNames.map((fault) => `after ${fault}`),
    rows: counts.map(({ title, times }) => ({ title, cells: times.map(String) })),
    bars: {
      title: "Duplicates of one POST (500 + reset + timeout)",
      values: counts.map(({ title, times }) => ({ title, value: times.reduce((sum, count) => sum + count - 1, 0) })),
    },
  };
}

/** The path says which client and which fault a request belongs to. */
async function startFaultyServer() {
  /** @type {Map<string, number>} */
  const received = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const [, , index = ""] = path.split("/");
    request.resume().on("end", () => {
      received.set(path, (received.get(path) ?? 0) + 1);
      faults[faultNames[Number(index)] ?? ""]?.(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return { server, baseUrl: `http://127.0.0.1:${address.port}`, received };
}

/**
 * @param {string} clientId
 * @param {string} baseUrl
 */
async function failOnce(clientId, baseUrl) {
  const call = (await loadCreateCall(clientId))({ baseUrl, token, timeout });
  const outcome = await Promise.race([
    call(input).then(
      () => "succeeded",
      () => "failed",
    ),
    new Promise((resolve) => setTimeout(resolve, patience, "went on").unref()),
  ]);
  if (outcome !== "failed") throw new Error(`${clientId}: the call was to fail, and it ${outcome}`);
}
