import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

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
