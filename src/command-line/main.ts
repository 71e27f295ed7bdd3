#!/usr/bin/env node
import process from "node:process";
import { isRolloutError, RolloutConfigError } from "rollout-client";
import { readArguments, UsageError } from "./arguments.ts";
import { run } from "./commands.ts";
import { explain } from "./explain.ts";
import { printable } from "./printable.ts";

// `head` closes the pipe when it has seen enough. That is not a failure.
process.stdout.on("error", (problem: Error & { code?: string }) => process.exit(problem.code === "EPIPE" ? 0 : 1));

try {
  const command = readArguments(process.argv.slice(2));
  const { ROLLOUT_BASE_URL: baseUrl } = process.env;
  // An empty variable counts as none.
  const { output, status } = await run(command, baseUrl || undefined);
  process.stdout.write(printable(output));
  process.exitCode = status;
} catch (problem) {
  const isUsage = problem instanceof UsageError || problem instanceof RolloutConfigError;
  const hint = problem instanceof UsageError ? " (see rollout-client --help)" : "";
  process.stderr.write(`rollout-client: ${printable(messageOf(problem).replace(/\s+/g, " "))}${hint}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

function messageOf(thrown: unknown): string {
  if (isRolloutError(thrown)) {
    const { problem, remedy } = explain(thrown);
    return `${problem}: ${remedy}`;
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}
