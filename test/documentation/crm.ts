// Types as openapi-typescript writes them, for the examples that act on another of Rollout's APIs. The API is made up.
export interface paths {
  "/people": {
    get: {
      parameters: { query?: { limit?: number; next?: string } };
      responses: {
        200: {
          content: {
            "application/json": {
              people: { id: string; name: string | null }[];
              _metadata: { next: string | null };
            };
          };
        };
        400: { content: { "application/json": { errorMessage: string } } };
      };
    };
  };
  "/people/{id}": {
    get: {
      parameters: { path: { id: string } };
      responses: {
        200: { content: { "application/json": { id: string; name: string | null } } };
        404: { content: { "application/json": { errorMessage: string } } };
      };
    };
  };
  "/webhooks": {
    get: {
      parameters: { query?: { limit?: number; next?: string } };
      responses: {
        200: { content: { "application/json": { webhooks: Subscription[]; _metadata: { next: string | null } } } };
      };
    };
    post: {
      requestBody: { content: { "application/json": { url: string; event: string } } };
      responses: {
        201: { content: { "application/json": Subscription } };
        409: { content: { "application/json": { errorMessage: string } } };
      };
    };
  };
  "/webhooks/{id}": {
    put: {
      parameters: { path: { id: string } };
      requestBody: { content: { "application/json": { url?: string; event?: string } } };
      responses: { 200: { content: { "application/json": Subscription } } };
    };
    delete: {
      parameters: { path: { id: string } };
      responses: { 200: { content: { "application/json": unknown } } };
    };
  };
}

interface Subscription {
  id: string;
  status: "Active" | "Disabled";
  url: string;
  event: string;
}
