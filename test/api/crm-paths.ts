/** A document in the shape of those that Rollout publishes for connected accounts. */
export interface CrmPaths {
  "/people": List<{
    people: { id: string; name: string | null }[];
    _metadata: { collection: string; next: string | null };
  }>;
  "/calendars": List<{ calendars: { id: string }[]; nextLink: string | null }>;
  "/tasks": List<{ title: string }[]>;
  "/people/{id}": {
    parameters: object;
    get: { parameters: { path: { id: string } }; responses: Responses<{ id: string }> };
  };
}

interface List<Page> {
  parameters: object;
  get: {
    parameters: { query?: { limit?: number; fields?: string[]; filter?: { name: string }; next?: string } };
    responses: Responses<Page>;
  };
}

interface Responses<Data> {
  200: { content: { "application/json": Data } };
  404: { content: { "application/json": { errorMessage: string } } };
}
