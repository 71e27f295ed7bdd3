// npm run example: builds and starts examples/connect-account.
import { buildExample, exampleFolder } from "./lib/build.mjs";
import { runWithServer } from "./lib/run-with-server.mjs";

await runWithServer({ file: "dist/main.js", cwd: exampleFolder, build: buildExample });
