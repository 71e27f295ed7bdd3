import { clientOf, packages } from "../clients/index.mjs";
import { serve } from "../servers.mjs";

const timeout = 200;

/** @typedef {(response: import("node:http").ServerResponse) => void} Fault */

// What goes wrong after the server has read the whole request, when the credential may already exist.
/** @type {Record<string, Fault>} */
const faults = {
  500: (response) => response.writeHead(500, { "Content-Type": "application/json" }).end('{"message":"made to fail"}'),
  reset: (response) => response.socket?.resetAndDestroy(),
  timeout: () => {},
};

export async function measureDuplicates() {
  const names = Object.keys(faults);
  return {
    title: "One POST: how often the server received it",
    note:
      `One call for each client and fault, with the client's own retries as they are by default and a timeout of ${timeout} ms. The server ` +
      "reads the whole request, which may have created the credential, and then fails. More than 1 means duplicates.",
    columns: names.map((name) => `after ${name}`),
    rows: await Promise.all(
      packages.map(async (title) => ({
        title,
        cells: await Promise.all(Object.values(faults).map((fault) => timesReceived(title, fault))),
      })),
    ),
  };
}

/** @param {string} title @param {Fault} fault */
async function timesReceived(title, fault) {
  let received = 0;
  const server = await serve((_request, response) => {
    received += 1;
    fault(response);
  });
  const createClient = await clientOf(title).load();
  const { create } = createClient({ baseUrl: server.baseUrl, transport: { timeout } });
  const [outcome] = await Promise.allSettled([create()]);
  server.close();
  if (outcome?.status !== "rejected") throw new Error(`${title}: a call succeeded that was made to fail`);
  return String(received);
}
