export type { MockConnector, MockConnectors } from "./connectors.ts";
export type { MockFault } from "./faults.ts";
export { createRolloutMock, type MockClientOptions, type RolloutMock, type RolloutMockOptions } from "./mock.ts";
export type { MockRequest } from "./requests.ts";
export type { MockCredential, RequireOtpOptions } from "./state.ts";
export { createTestToken } from "./tokens.ts";
