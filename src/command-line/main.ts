#!/usr/bin/env node
import process from "node:process";
import { RolloutConfigError } from "rollout-client";
import { readArguments, UsageError } from "./arguments.ts";
import { run } from "./commands.ts";

// `head` closes the pipe when it has seen enough. That is not a failure.
process.stdout.on("error", (problem: Error & { code?: string }) => process.exit(problem.code === "EPIPE" ? 0 : 1));

try {
  const command = readArguments(process.argv.slice(2));
  const { ROLLOUT_BASE_URL: baseUrl } = process.env;
  // An empty variable counts as none.
  process.stdout.write(await run(command, baseUrl || undefined));
} catch (problem) {
  const isUsage = problem instanceof UsageError || problem instanceof RolloutConfigError;
  const message = problem instanceof Error ? problem.message : String(problem);
  const hint = problem instanceof UsageError ? " (see rollout-client --help)" : "";
  process.stderr.write(`rollout-client: ${message.replace(/\s+/g, " ")}${hint}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
