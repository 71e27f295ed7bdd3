import { startServer } from "./server.ts";

const { ROLLOUT_BASE_URL, DATABASE_FILE, PORT, PUBLIC_URL } = process.env;
const baseUrl = ROLLOUT_BASE_URL ?? "https://universal.rollout.com/api";
const server = await startServer({
  baseUrl,
  // Rollout has a host for each API; the mock is all of them at once.
  crmBaseUrl: baseUrl.replace("//universal.", "//crm.universal."),
  publicUrl: PUBLIC_URL,
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
