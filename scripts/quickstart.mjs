// npm run quickstart: installs and builds what is missing, then runs examples/quickstart.mjs.
import { fileURLToPath } from "node:url";
import { buildPackage } from "./lib/build.mjs";
import { runWithServer } from "./lib/run-with-server.mjs";

await runWithServer({
  file: fileURLToPath(new URL("../examples/quickstart.mjs", import.meta.url)),
  build: buildPackage,
});
