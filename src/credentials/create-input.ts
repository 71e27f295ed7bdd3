import { checkText } from "../errors/checks.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { isObject, memberOf } from "../values/json.ts";

/** Checks the input of a create. Throws {@link RolloutConfigError}, whose message quotes no value. */
export function checkCreateInput(input: unknown): void {
  if (typeof input !== "object" || input === null) {
    throw new RolloutConfigError("input", "must be an object with appKey and userInputs");
  }
  checkText("appKey", memberOf(input, "appKey"), ', such as "follow-up-boss"');
  checkUserInputs(memberOf(input, "userInputs"));
}

/** Checks what a user entered: the API takes strings and arrays of strings. */
function checkUserInputs(userInputs: unknown): void {
  if (!isObject(userInputs)) {
    throw new RolloutConfigError("userInputs", "must be an object, with one entry for each input of the connector");
  }
  for (const [name, value] of Object.entries(userInputs)) {
    if (![value].flat().every((entry) => typeof entry === "string")) {
      throw new RolloutConfigError(`userInputs.${name}`, "must be a string, or an array of strings");
    }
  }
}
