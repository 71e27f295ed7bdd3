import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { exampleFolder } from "../../scripts/lib/build.mjs";
import { answerByAppKey } from "../../scripts/mock/example-mock.mjs";
import { type MockApiOptions, startMockApi } from "../../scripts/mock/mock-api.mjs";
import { createOtpMock, type OtpScript } from "../../scripts/mock/otp-mock.mjs";

export const clientId = "client_test";
export const clientSecret = "a secret of the test";

export interface ApplicationOptions {
  prismUrl: string;
  prefer?: MockApiOptions["prefer"];
  script?: OtpScript;
}

/** The example as its users run it, a process of its own, against a mock of the API that the test can watch. */
export async function startApplication({ prismUrl, prefer = answerByAppKey, script }: ApplicationOptions) {
  const otp = createOtpMock(script === undefined ? {} : { script });
  const api = await startMockApi({ prismUrl, otp, prefer });
  const child = spawn(process.execPath, ["dist/server.js"], {
    cwd: exampleFolder,
    env: { ROLLOUT_BASE_URL: api.baseUrl, ROLLOUT_CLIENT_ID: clientId, ROLLOUT_CLIENT_SECRET: clientSecret },
  });
  const output = collectOutput(child);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill()) await once(child, "exit");
    await api.stop();
    await otp.stop();
  };
  try {
    return { url: await urlIn(output, child), output, api, otp, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
}

export type Output = { text: string };

export function collectOutput(child: ChildProcess): Output {
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output.text += chunk;
    });
  }
  return output;
}

/** Waits until the application has printed its address. */
export async function urlIn(output: Output, child: ChildProcess): Promise<string> {
  const ended = once(child, "close").then(() => {
    throw new Error(`it ended before it printed its address:\n${output.text}`);
  });
  ended.catch(() => {}); // nobody waits for it once the address is there
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+$/m.exec(output.text)?.[0];
    if (url !== undefined) return url;
    await Promise.race([ended, child.stdout === null ? ended : once(child.stdout, "data")]);
  }
}
