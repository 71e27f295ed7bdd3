import { startServer } from "./server.ts";

const { ROLLOUT_BASE_URL, DATABASE_FILE, PORT } = process.env;
const server = await startServer({
  baseUrl: ROLLOUT_BASE_URL ?? "https://universal.rollout.com/api",
  databaseFile: DATABASE_FILE ?? "connect-account.sqlite",
  port: Number(PORT ?? 0),
});
console.log(`Connect an account at ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await server.stop();
    process.exit();
  });
}
