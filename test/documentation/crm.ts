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
    post: {
      requestBody: { content: { "application/json": { url: string; event: string } } };
      responses: {
        201: { content: { "application/json": { id: string; status: string; url: string; event: string } } };
        409: { content: { "application/json": { errorMessage: string } } };
      };
    };
  };
}
