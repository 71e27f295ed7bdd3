import { createServer } from "node:http";

// Responds when the whole request was read.
/** @param {import("node:http").RequestListener} respond @returns {Promise<{ baseUrl: string, close: () => void }>} */
export function serve(respond) {
  const server = createServer((request, response) => request.resume().on("end", () => respond(request, response)));
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      resolve({ baseUrl: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() });
    });
  });
}

/** Whether a limit admits one more request at this moment, in seconds. @typedef {(now: number) => boolean} Admission */

/** Full at first, with the requests of one second. @param {number} perSecond @returns {Admission} */
export function tokenBucket(perSecond) {
  let tokens = perSecond;
  let last = 0;
  return (now) => {
    tokens = Math.min(perSecond, tokens + (now - last) * perSecond);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** Windows of one second. @param {number} perSecond @returns {Admission} */
export function fixedWindows(perSecond) {
  let second = 0;
  let taken = 0;
  return (now) => {
    if (Math.floor(now) !== second) [second, taken] = [Math.floor(now), 0];
    taken += 1;
    return taken <= perSecond;
  };
}
