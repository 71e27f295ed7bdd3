const { TestEnvironment } = require("jest-environment-jsdom");

/** jsdom, with what pages have and jsdom has not, and the signals that this fetch takes. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    const signals = { AbortController, AbortSignal };
    Object.assign(this.global, { TextDecoder, TextEncoder, fetch, Headers, Request, Response, ...signals });
  }
};
