import { RolloutConfigError } from "./errors.ts";

/**
 * Refuses values of path parameters that would make another path: an absent or empty one, `.` and `..`.
 * A URL parser takes the last two for steps in the tree (URL Standard, section 4.4), encoded or not.
 */
export function checkPathParameters(path: string, values: Readonly<Record<string, unknown>> | undefined): void {
  if (!path.includes("{")) return;
  for (const [, expression = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    // The characters around the name choose a style of serialization: {.name*}, {;name}.
    const name = expression.replace(/^[.;]|\*$/g, "");
    const value = values?.[name];
    const text = typeof value === "object" && value !== null ? Object.values(value).join() : String(value ?? "");
    if (text === "" || text === "." || text === "..") {
      throw new RolloutConfigError(`params.path.${name}`, `must not be empty, "." or "..": the path would be another`);
    }
  }
}
