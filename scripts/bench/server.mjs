// The API in a process of its own: reads the whole request, answers 200. Tells its address to the parent process.
import { createServer } from "node:http";

const body = JSON.stringify({ id: "cred_01J8Z0000000000000000000" });
const headers = { "Content-Type": "application/json", "Content-Length": String(body.length) };

const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, headers).end(body));
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  process.send?.(`http://127.0.0.1:${address.port}`);
});

process.on("disconnect", () => process.exit());
