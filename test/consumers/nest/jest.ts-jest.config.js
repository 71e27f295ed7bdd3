module.exports = {
  testEnvironment: "node",
  // JavaScript too, with "allowJs" in tsconfig.json: Jest loads CommonJS, and these packages are ES modules.
  transform: { "\\.[jt]s$": "ts-jest" },
  transformIgnorePatterns: ["/node_modules/(?!(rollout-client|openapi-fetch)/)"],
};
