// npm run quickstart: installs and builds what is missing, then runs examples/quickstart.mjs.
import { fileURLToPath } from "node:url";
import { buildPackage } from "./lib/build.mjs";
import { runWithServer } from "./lib/run-with-server.mjs";

await runWithServer({
  file: fileURLToPath(new URL("../examples/quickstart.mjs", import.meta.url)),
  build: buildPackage,
  aboutMock: {
    before: "Prism plays Rollout's API from src/generated/openapi.json, a mock beside it the one-time password.\n",
    after: "Prism and the mock have ended. The program: examples/quickstart.mjs",
  },
});
