import { writeFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

/** Writes `paths.ts`, before any test and before their types are checked. `npm run types` writes it by the command line. */
export default async function generateTypes(): Promise<void> {
  const types = await openapiTS(new URL("openapi.yaml", import.meta.url), { silent: true });
  await writeFile(new URL("paths.ts", import.meta.url), COMMENT_HEADER + astToString(types));
}
