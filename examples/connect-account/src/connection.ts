import type { OtpChallenge } from "rollout-client";
import type { Problem } from "./problem.ts";

/** How far the connecting of one account has come. */
export type Step =
  | { kind: "code wanted"; challenge: OtpChallenge; rejections: string[] }
  | { kind: "connected"; credentialId: string }
  | { kind: "failed"; problem: Problem };

/** One account being connected, step by step. Every form that a person is shown is for one numbered step. */
export class Connection {
  readonly #steps: Promise<Step>[] = [];

  /** The number that the next form is for. */
  get nextStep(): number {
    return this.#steps.length;
  }

  /** The outcome of the last step, once its work is done; `undefined` before the first one. */
  async latest(): Promise<Step | undefined> {
    return this.#steps.at(-1);
  }

  /**
   * Does the work of a step, once: the same form submitted twice, by a double click or a reload, waits for the work under way
   * and starts none.
   */
  async take(step: number, work: () => Promise<Step>): Promise<void> {
    if (step === this.nextStep) this.#steps.push(work());
    await this.latest();
  }
}
