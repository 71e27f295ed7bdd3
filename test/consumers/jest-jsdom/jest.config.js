module.exports = {
  testEnvironment: "<rootDir>/jsdom.js",
  // JavaScript too: Jest loads CommonJS, and these packages are ES modules.
  transform: { "\\.[jt]s$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
  transformIgnorePatterns: ["/node_modules/(?!(rollout-client|openapi-fetch)/)"],
};
