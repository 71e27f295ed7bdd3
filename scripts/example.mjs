// npm run example: builds and starts examples/connect-account.
import { buildExample, exampleFolder } from "./lib/build.mjs";
import { runWithServer } from "./lib/run-with-server.mjs";

await runWithServer({
  file: "dist/server.js",
  cwd: exampleFolder,
  build: buildExample,
  aboutMock: {
    before:
      "Against a mock: lofty asks for a code (123456), skyslope is refused, gmail fails, others are connected at once.",
  },
});
