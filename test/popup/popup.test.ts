import { openAuthorizePopup, RolloutConfigError } from "rollout-client";
import { expect, test } from "vitest";

// The rest is in popup.browser.ts.
test("refuses to run outside a browser", () => {
  expect(openAuthorizePopup).toThrow(RolloutConfigError);
  expect(openAuthorizePopup).toThrow(expect.objectContaining({ code: "invalid_config", option: "openAuthorizePopup" }));
});
