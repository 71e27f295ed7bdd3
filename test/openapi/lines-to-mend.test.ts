import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDocument } from "../../scripts/openapi/document.mjs";
import { applyOverlays } from "../../scripts/openapi/overlay.mjs";
import { readOverlays, renderForProject } from "../../scripts/openapi/project.mjs";
import { typeErrorsWith } from "../../scripts/spec-update/type-check.mjs";
import {
  addEntity,
  addRequiredField,
  answers,
  bodies,
  changeDocument,
  type DocumentEdit,
} from "../support/document-edits.ts";
import { project } from "../support/project-copy.ts";

/** What the compiler says of src/ when it is generated from the vendored document after an edit: the lines of code that it points at. */
async function linesToMend(edit: DocumentEdit): Promise<string[]> {
  const changed = changeDocument(edit);
  const overlays = readOverlays();
  const patched = await applyOverlays(checkDocument(changed, "a made-up document"), overlays.actions);
  const documentText = JSON.stringify(changed);
  const errors = await typeErrorsWith(
    await renderForProject({ patched: patched.document, documentText, overlaySources: overlays.sources }),
  );
  return errors.map((error) => {
    const [, file = "", line] = /^(.+)\((\d+),\d+\): error/.exec(error) ?? [];
    return `${file}: ${readFileSync(join(project, file), "utf8").split("\n")[Number(line) - 1]?.trim()}`;
  });
}

describe("a change of POST /credentials that reaches hand-written code fails the type-check at the line to mend:", {
  timeout: 30_000,
}, () => {
  test("the challenge loses a field", async () => {
    const lines = await linesToMend((document) => {
      for (const { otpChallenge } of answers(document)) {
        Reflect.deleteProperty(otpChallenge.properties ?? {}, "titleHTML");
        otpChallenge.required = otpChallenge.required?.filter((name) => name !== "titleHTML") ?? [];
      }
    });
    expect(lines).toEqual(['src/credentials.ts: titleHTML: "string",']);
  });

  test("the challenge requires another field", async () => {
    const lines = await linesToMend((document) => {
      for (const { otpChallenge } of answers(document)) {
        Object.assign(otpChallenge.properties ?? {}, { expiresAt: { type: "string" } });
        otpChallenge.required?.push("expiresAt");
      }
    });
    expect(lines).toEqual(["src/credentials.ts: const OTP_CHALLENGE: RequiredStrings<OtpChallenge> = {"]);
  });

  test("the credential's id becomes optional", async () => {
    const lines = await linesToMend((document) => {
      for (const { credential } of answers(document)) credential.required = [];
    });
    expect(lines).toEqual([
      "src/document-types.ts: export interface Credential extends Extract<CreateCredentialAnswer, { id: string }> {}",
    ]);
  });

  test("there is a third answer", async () => {
    const lines = await linesToMend((document) => {
      const pending = { type: "object", properties: { pending: { type: "boolean" } }, required: ["pending"] };
      for (const { all } of answers(document)) all.push(pending);
    });
    expect(lines).toEqual(["src/credentials.ts: const answer: Credential | OtpChallenge = unwrap(result);"]);
  });

  test("the body has no entities any more", async () => {
    const lines = await linesToMend((document) => {
      for (const { properties } of bodies(document)) Reflect.deleteProperty(properties ?? {}, "entitiesToSync");
    });
    expect(lines).toEqual([
      'src/document-types.ts: export type EntityToSync = keyof NonNullable<CreateCredentialInput["entitiesToSync"]>;',
    ]);
  });
});

test("a change that only callers see needs no mending", { timeout: 30_000 }, async () => {
  expect(await linesToMend((document) => [addEntity(document), addRequiredField(document)])).toEqual([]);
});
