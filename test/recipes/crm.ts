// Stands for what openapi-typescript generates from the document of another API of the Rollout family.
export interface paths {
  "/people/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        404: { headers: { [name: string]: unknown }; content: { "application/json": { errorMessage: string } } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
