/** An input that a connector asks its users for. */
export interface MockConnectorInput {
  readonly type: string;
  readonly key: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly infoHTML?: string;
}

/** How a connector is connected. */
export interface MockConnectorAuth {
  readonly type: string;
  readonly userInputsSchema?: readonly MockConnectorInput[];
}

/** An app that can be connected. */
export interface MockConnector {
  readonly name: string;
  readonly auth: MockConnectorAuth;
  readonly authByPlan?: Readonly<Record<string, MockConnectorAuth>>;
  readonly entities: unknown;
}

/** The body of `GET /connectors`: connectors by appKey. */
export type MockConnectors = Readonly<Record<string, MockConnector>>;

const apiKey: MockConnectorInput = {
  type: "text",
  key: "apiKey",
  label: "API Key",
  placeholder: "Enter your API key",
  infoHTML: "Find it in the settings of your account.",
};

/** A few connectors of each kind. The appKeys are Rollout's, the rest is made up. */
export const DEFAULT_CONNECTORS: MockConnectors = {
  "follow-up-boss": {
    name: "Follow Up Boss",
    auth: { type: "apiToken", userInputsSchema: [apiKey] },
    authByPlan: {},
    entities: {},
  },
};
