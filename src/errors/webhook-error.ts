import { RolloutError, withCause } from "./rollout-error.ts";

/** A webhook delivery cannot be used: Rollout did not sign it (`invalid_signature`), or its body is not JSON (`invalid_payload`). */
export class RolloutWebhookError extends RolloutError {
  /** The name of the class. Use it instead of `instanceof` if two copies of this package may be loaded. */
  override get name(): "RolloutWebhookError" {
    return "RolloutWebhookError";
  }
  readonly code: "invalid_signature" | "invalid_payload";
  /** Whether the request may have taken effect despite the error. `false` for what was never sent. */
  readonly mayHaveSucceeded = false;

  constructor(code: "invalid_signature" | "invalid_payload", message: string, cause?: unknown) {
    super(message, withCause(cause));
    this.code = code;
  }
}
