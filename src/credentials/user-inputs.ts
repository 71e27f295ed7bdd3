import { RolloutConfigError } from "../errors/classes.ts";
import { memberOf } from "../values/json.ts";

/** Checks what a user entered: the API takes strings and arrays of strings. Throws {@link RolloutConfigError}, without any value. */
export function checkUserInputs(input: unknown): void {
  for (const [name, value] of Object.entries(memberOf(input, "userInputs") ?? {})) {
    if (![value].flat().every((entry) => typeof entry === "string")) {
      throw new RolloutConfigError(`userInputs.${name}`, "must be a string, or an array of strings");
    }
  }
}
